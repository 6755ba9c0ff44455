/** Aligning shapes and spreading them evenly. Pure. */
import type { Draft, Feature } from "../draft.ts";
import { boxOfFeatures, featurePlaced } from "../feature_shapes.ts";
import { type Box, type Point, plus, rounded } from "../shapes.ts";
import { type Outcome, changesTo, chosenOf, refuse, stepOf, withSlots } from "./outcome.ts";
import { vetoOf } from "./veto.ts";

export type Alignment = "left" | "centre_x" | "right" | "bottom" | "centre_y" | "top";
export type Axis = "x" | "y";

const PLACE: Record<Alignment, (box: Box) => number> = {
  left: (box) => box.west,
  centre_x: (box) => (box.west + box.east) / 2,
  right: (box) => box.east,
  bottom: (box) => box.south,
  centre_y: (box) => (box.south + box.north) / 2,
  top: (box) => box.north,
};
const UPRIGHT: ReadonlySet<Alignment> = new Set(["bottom", "centre_y", "top"]);

function boxed(draft: Draft, ids: Iterable<string>): { feature: Feature; box: Box }[] {
  return chosenOf(draft, ids).flatMap((feature) => {
    const box = feature.feature_type === "level" || feature.feature_type === "opening" ? null : boxOfFeatures([feature]);
    return box ? [{ feature, box }] : [];
  });
}

function movedEach(draft: Draft, kind: "align" | "distribute", moves: ReadonlyMap<string, Point>, isLoose: boolean): Outcome {
  const after = withSlots(draft, moves.keys()).map((feature) => {
    const owner = feature.feature_type === "shelf_slot" ? feature.properties.fixture_id : feature.id;
    const by = moves.get(owner) ?? [0, 0];
    return by[0] === 0 && by[1] === 0 ? feature : featurePlaced(feature, { place: (point) => plus(point, by), turn_deg: 0 });
  });
  return vetoOf(draft, after, isLoose) ?? stepOf(kind, changesTo(draft, after));
}

/** All on one line: that of the outermost shape, or the middle of them all. Doors and levels stay. */
export function aligned(draft: Draft, ids: Iterable<string>, alignment: Alignment, isLoose = false): Outcome {
  const shapes = boxed(draft, ids);
  if (shapes.length < 2) return refuse("canvas.choose_more", { least: 2 });
  const whole = boxOfFeatures(shapes.map(({ feature }) => feature)) as Box;
  const to = PLACE[alignment](whole);
  const moves = new Map(
    shapes.map(({ feature, box }): [string, Point] => {
      const by = rounded(to - PLACE[alignment](box));
      return [feature.id, UPRIGHT.has(alignment) ? [0, by] : [by, 0]];
    }),
  );
  return movedEach(draft, "align", moves, isLoose);
}

/** Equal free room between neighbours; the outermost two stay. */
export function distributed(draft: Draft, ids: Iterable<string>, axis: Axis, isLoose = false): Outcome {
  const low = (box: Box): number => (axis === "x" ? box.west : box.south);
  const high = (box: Box): number => (axis === "x" ? box.east : box.north);
  const shapes = boxed(draft, ids).sort((a, b) => low(a.box) - low(b.box) || high(a.box) - high(b.box));
  if (shapes.length < 3) return refuse("canvas.choose_more", { least: 3 });
  const from = low((shapes[0] as { box: Box }).box);
  const to = Math.max(...shapes.map(({ box }) => high(box)));
  const filled = shapes.reduce((sum, { box }) => sum + high(box) - low(box), 0);
  const gap = (to - from - filled) / (shapes.length - 1);
  let next = from;
  const moves = new Map<string, Point>();
  for (const { feature, box } of shapes) {
    const by = rounded(next - low(box));
    moves.set(feature.id, axis === "x" ? [by, 0] : [0, by]);
    next += high(box) - low(box) + gap;
  }
  return movedEach(draft, "distribute", moves, isLoose);
}
