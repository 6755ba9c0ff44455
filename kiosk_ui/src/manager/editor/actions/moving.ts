/** Moving, turning and mirroring shapes; a fixture takes its slots along, a door stays on the outline. Pure. */
import type { Draft, Feature } from "../draft.ts";
import { type Motion, boxOfFeatures, featurePlaced, featureWith, linesOf } from "../feature_shapes.ts";
import { type Point, centreOf, distance, middle, plus, rectangleOf, rounded, turned as turnedPoint } from "../shapes.ts";
import { doorAt } from "./doors.ts";
import { type Outcome, changesTo, chosenOf, refuse, stepOf, withSlots } from "./outcome.ts";
import { outlineOf, vetoOf } from "./veto.ts";

function doorMoved(draft: Draft, door: Feature, by: Point, levels: ReadonlySet<string>): Feature | null {
  const { level_id } = door.properties;
  const outline = levels.has(level_id) ? null : outlineOf(draft, level_id);
  if (!outline) return featurePlaced(door, { place: (point) => plus(point, by), turn_deg: 0 });
  const ends = linesOf(door)[0] as readonly Point[];
  const [from, to] = [ends[0] as Point, ends.at(-1) as Point];
  const moved = doorAt(outline, plus(middle(from, to), by), distance(from, to));
  return moved && featureWith(door, [moved]);
}

/** The shapes elsewhere, before anything is judged: cheap enough for every move of the pointer. Null: a door has left the outline. */
export function featuresMoved(draft: Draft, features: readonly Feature[], by: Point): Feature[] | null {
  const levels = new Set(features.flatMap(({ id, feature_type }) => (feature_type === "level" ? [id] : [])));
  const motion: Motion = { place: (point) => plus(point, by), turn_deg: 0 };
  const moved = features.map((f) => (f.feature_type === "opening" ? doorMoved(draft, f, by, levels) : featurePlaced(f, motion)));
  return moved.every((feature) => feature !== null) ? moved : null;
}

function judged(draft: Draft, kind: "move" | "turn", after: readonly Feature[] | null, isLoose: boolean): Outcome {
  if (!after) return refuse("canvas.door_off_outline");
  return vetoOf(draft, after, isLoose) ?? stepOf(kind, changesTo(draft, after));
}

export function moved(draft: Draft, ids: Iterable<string>, by: Point, isLoose = false): Outcome {
  const whole: Point = [rounded(by[0]), rounded(by[1])];
  return judged(draft, "move", featuresMoved(draft, withSlots(draft, ids), whole), isLoose);
}

/** What shapes turn about: a lone rectangle's own centre, else the middle of them all. */
export function pivotOf(features: readonly Feature[]): Point {
  const only = features.length === 1 ? features[0] : undefined;
  const ring = only?.geometry.type === "Polygon" ? linesOf(only)[0] : undefined;
  const rectangle = ring && rectangleOf(ring);
  if (rectangle) return rectangle.centre;
  const box = boxOfFeatures(features);
  return box ? centreOf(box) : [0, 0];
}

/** Anticlockwise about a pivot. */
export function featuresTurned(features: readonly Feature[], pivot: Point, angle_deg: number): Feature[] {
  return features.map((feature) => featurePlaced(feature, { place: (point) => turnedPoint(point, pivot, angle_deg), turn_deg: angle_deg }));
}

export function turned(draft: Draft, ids: Iterable<string>, angle_deg: number, pivot: Point | null = null, isLoose = false): Outcome {
  const chosen = chosenOf(draft, ids);
  if (chosen.some(({ feature_type }) => feature_type === "opening")) return refuse("canvas.door_not_turned");
  const about = pivot ?? pivotOf(chosen);
  const all = withSlots(draft, chosen.map(({ id }) => id));
  return judged(draft, "turn", featuresTurned(all, about, angle_deg), isLoose);
}

/** Left and right (or top and bottom) change places about the shapes' middle. */
export function mirrored(draft: Draft, ids: Iterable<string>, axis: "left_right" | "top_bottom", isLoose = false): Outcome {
  const chosen = chosenOf(draft, ids);
  if (chosen.some(({ feature_type }) => feature_type === "opening")) return refuse("canvas.door_not_turned");
  const box = boxOfFeatures(chosen);
  if (!box) return refuse("canvas.no_change");
  const [x, y] = centreOf(box);
  const motion: Motion =
    axis === "left_right"
      ? { place: (point) => [2 * x - point[0], point[1]], turn_deg: 0, isMirrored: true }
      : { place: (point) => [point[0], 2 * y - point[1]], turn_deg: 180, isMirrored: true };
  const all = withSlots(draft, chosen.map(({ id }) => id));
  return judged(draft, "turn", all.map((feature) => featurePlaced(feature, motion)), isLoose);
}
