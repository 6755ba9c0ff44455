/** Which shape lies under the pointer, and which a box takes in. Pure. */
import type { Feature } from "./draft.ts";
import { boxOfFeatures, linesOf } from "./feature_shapes.ts";
import { type Box, type Point, type Ring, area_m2, distance, isInRings, isWithin, nearestOnLine } from "./shapes.ts";

/** What lies on top is hit first: places, lines, things that stand, what is painted on the floor, the outline. */
const RANK: Record<Feature["feature_type"], number> = {
  scanner_node: 0,
  amenity: 0,
  kiosk: 1,
  opening: 2,
  fixture: 3,
  wall: 4,
  unit: 5,
  blocked_area: 5,
  aisle: 6,
  section: 7,
  level: 8,
  shelf_slot: 9,
};

/** Beside a place or line, within a finger's reach of it: what lies right there is meant rather, but not the floor. */
const BESIDE = 6.5;

/** How far off a shape is hit: 0 inside it; null where it is not. */
function offOf(feature: Feature, at: Point, reach_m: number): number | null {
  const lines = linesOf(feature);
  const isPoint = feature.geometry.type === "Point";
  const off = isPoint ? distance(lines[0]?.[0] as Point, at) : Math.min(...lines.map((line) => nearestOnLine(at, line).distance_m));
  // Everything on a level is inside its outline: only the outline itself is the level.
  const isInside = feature.geometry.type === "Polygon" && feature.feature_type !== "level" && isInRings(at, lines);
  return isInside ? 0 : off <= reach_m ? off : null;
}

function rankOf({ feature_type }: Feature, off: number, reach_m: number): number {
  return off > reach_m / 2 ? Math.max(BESIDE, RANK[feature_type]) : RANK[feature_type];
}

/** Of two areas of one rank the smaller is on top: it could not be taken hold of otherwise. */
function size(feature: Feature): number {
  return feature.geometry.type === "Polygon" ? Math.abs(area_m2(linesOf(feature)[0] as Ring)) : 0;
}

export function hitAt(features: readonly Feature[], at: Point, reach_m: number): Feature | null {
  let best: { feature: Feature; rank: number } | null = null;
  for (const feature of features) {
    const off = offOf(feature, at, reach_m);
    if (off === null) continue;
    const rank = rankOf(feature, off, reach_m);
    const order = best === null ? -1 : rank - best.rank || size(feature) - size(best.feature);
    if (order < 0) best = { feature, rank };
  }
  return best?.feature ?? null;
}

/** Shapes that lie wholly in the box; never the level itself. */
export function boxed(features: readonly Feature[], box: Box): string[] {
  return features.flatMap((feature) => {
    const own = feature.feature_type === "level" ? null : boxOfFeatures([feature]);
    return own && isWithin(box, own) ? [feature.id] : [];
  });
}
