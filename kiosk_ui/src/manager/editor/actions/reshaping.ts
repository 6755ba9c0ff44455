/** Moving, adding and taking away corners, holes, and rectangles by their measures. Pure. */
import type { Draft, Feature, FeatureOf } from "../draft.ts";
import { type Motion, featurePlaced, featureWith, linesOf } from "../feature_shapes.ts";
import { type Point, type Rectangle, type Ring, minus, nearestOnLine, plus, rectangleOf, ringOf, turned } from "../shapes.ts";
import { doorBetween } from "./doors.ts";
import { moved } from "./moving.ts";
import { type Outcome, changesTo, refuse, stepOf, withSlots } from "./outcome.ts";
import { slotsFollowing } from "./slots_following.ts";
import { outlineOf, vetoOf } from "./veto.ts";

/** A corner of a shape: of its outer ring (0), a hole or its line, counted from the first. */
export interface Corner {
  readonly line: number;
  readonly corner: number;
}

const isPolygon = (feature: Feature): boolean => feature.geometry.type === "Polygon";

/** The corners of each line, none repeated at the end. */
export function cornersByLine(feature: Feature): Point[][] {
  return linesOf(feature).map((line) => (isPolygon(feature) ? line.slice(0, -1) : [...line]) as Point[]);
}

function withCorners(feature: Feature, lines: readonly (readonly Point[])[]): Feature {
  return featureWith(feature, isPolygon(feature) ? lines.map((corners) => [...corners, corners[0] as Point]) : lines);
}

function reshaped(draft: Draft, before: Feature, after: Feature, isLoose: boolean): Outcome {
  const refusal = vetoOf(draft, [after], isLoose);
  if (refusal) return refusal;
  const slots = before.feature_type === "fixture" ? withSlots(draft, [before.id]).slice(1) : [];
  const [was, now] = [linesOf(before)[0] as Ring, linesOf(after)[0] as Ring];
  return stepOf(before.geometry.type === "Point" ? "move" : "reshape", changesTo(draft, [after, ...slotsFollowing(slots as FeatureOf<"shelf_slot">[], was, now)]));
}

/** The shape with one corner elsewhere, before anything is judged. A door's end stays on the outline. */
export function featureWithCorner(draft: Draft, feature: Feature, { line, corner }: Corner, to: Point): Feature | null {
  const lines = cornersByLine(feature);
  const corners = lines[line];
  if (!corners?.[corner]) return null;
  corners[corner] = to;
  if (feature.feature_type !== "opening") return withCorners(feature, lines);
  const outline = outlineOf(draft, feature.properties.level_id);
  const [fixed, free] = [corners[1 - corner] as Point, to];
  const door = outline && doorBetween(outline, fixed, free);
  return door && featureWith(feature, [corner === 1 ? door : [door[1], door[0]]]);
}

export function cornerMoved(draft: Draft, id: string, corner: Corner, to: Point, isLoose = false): Outcome {
  const feature = draft.features.get(id);
  const after = feature && featureWithCorner(draft, feature, corner, to);
  if (!after) return refuse(feature?.feature_type === "opening" ? "canvas.door_off_outline" : "canvas.no_change");
  return reshaped(draft, feature, after, isLoose);
}

/** The shape with one more corner, behind the one named. */
export function featureWithNewCorner(feature: Feature, { line, corner }: Corner, point: Point): Feature {
  const lines = cornersByLine(feature);
  lines[line]?.splice(corner + 1, 0, point);
  return withCorners(feature, lines);
}

export function cornerAdded(draft: Draft, id: string, behind: Corner, point: Point, isLoose = false): Outcome {
  const feature = draft.features.get(id);
  if (!feature || feature.feature_type === "opening" || feature.geometry.type === "Point") return refuse("canvas.no_corner_here");
  return reshaped(draft, feature, featureWithNewCorner(feature, behind, point), isLoose);
}

/** Taking the third last corner of a hole takes the hole; of anything else it is refused. */
export function cornerRemoved(draft: Draft, id: string, { line, corner }: Corner, isLoose = false): Outcome {
  const feature = draft.features.get(id);
  const lines = feature ? cornersByLine(feature) : [];
  const corners = lines[line];
  if (!feature || !corners?.[corner]) return refuse("canvas.no_corner_here");
  const least = isPolygon(feature) ? 3 : 2;
  if (corners.length <= least) {
    return isPolygon(feature) && line > 0 ? holeRemoved(draft, id, line) : refuse("canvas.last_corners", { least });
  }
  corners.splice(corner, 1);
  return reshaped(draft, feature, withCorners(feature, lines), isLoose);
}

/** Cuts a ring out of a shape. */
export function holeCut(draft: Draft, id: string, corners: readonly Point[]): Outcome {
  const feature = draft.features.get(id);
  if (!feature || feature.geometry.type !== "Polygon") return refuse("canvas.no_hole_here");
  const hole = [...ringOf(corners)].reverse();
  const after = featureWith(feature, [...linesOf(feature), hole]);
  const others = linesOf(feature).slice(1);
  if (others.some((other) => hole.some((point) => nearestOnLine(point, other).distance_m === 0))) return refuse("canvas.no_hole_here");
  return vetoOf(draft, [after], true) ?? stepOf("cut_hole", changesTo(draft, [after]));
}

/** Fills a hole again; the outer ring is number 0. */
export function holeRemoved(draft: Draft, id: string, line: number): Outcome {
  const feature = draft.features.get(id);
  if (!feature || feature.geometry.type !== "Polygon" || line < 1) return refuse("canvas.no_hole_here");
  return stepOf("reshape", changesTo(draft, [featureWith(feature, linesOf(feature).filter((_, i) => i !== line))]));
}

/** How a point of one rectangle lies in another: by its share of width and depth. */
function stretch(from: Rectangle, to: Rectangle): Motion {
  const place = (point: Point): Point => {
    const [x, y] = turned(point, from.centre, -from.angle_deg);
    const share: Point = [((x - from.centre[0]) * to.width_m) / from.width_m, ((y - from.centre[1]) * to.depth_m) / from.depth_m];
    return turned(plus(to.centre, share), to.centre, to.angle_deg);
  };
  return { place, turn_deg: to.angle_deg - from.angle_deg };
}

export function featuresResized(features: readonly Feature[], from: Rectangle, to: Rectangle): Feature[] {
  const motion = stretch(from, to);
  return features.map((feature) => featurePlaced(feature, motion));
}

/** A rectangle by its typed measures, named for what they change; slots keep their share of its width and depth. */
export function resized(draft: Draft, id: string, to: Rectangle, isLoose = false): Outcome {
  const feature = draft.features.get(id);
  const from = feature?.geometry.type === "Polygon" && linesOf(feature).length === 1 ? rectangleOf(linesOf(feature)[0] as Ring) : null;
  if (!from) return refuse("canvas.no_rectangle");
  if (!(to.width_m > 0 && to.depth_m > 0)) return refuse("canvas.no_area", { key: feature?.properties.key ?? "" });
  const isAsLarge = to.width_m === from.width_m && to.depth_m === from.depth_m;
  // Elsewhere and nothing else: each corner goes as far, so that it stays the rectangle it was to the millimetre.
  if (isAsLarge && to.angle_deg === from.angle_deg) return moved(draft, [id], minus(to.centre, from.centre), isLoose);
  const after = featuresResized(withSlots(draft, [id]), from, to);
  return vetoOf(draft, after, isLoose) ?? stepOf(isAsLarge ? "turn" : "resize", changesTo(draft, after));
}
