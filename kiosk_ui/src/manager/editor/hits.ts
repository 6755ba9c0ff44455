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

function isHit(feature: Feature, at: Point, reach_m: number): boolean {
  const lines = linesOf(feature);
  if (feature.geometry.type === "Point") return distance(lines[0]?.[0] as Point, at) <= reach_m;
  if (feature.geometry.type === "LineString") return nearestOnLine(at, lines[0] as Ring).distance_m <= reach_m;
  const isOnEdge = lines.some((ring) => nearestOnLine(at, ring).distance_m <= reach_m);
  // Inside its outline everything else is on a level: only the outline itself is the level.
  return feature.feature_type === "level" ? isOnEdge : isInRings(at, lines);
}

/** Of two areas of one rank the smaller is on top: it could not be taken hold of otherwise. */
function size(feature: Feature): number {
  return feature.geometry.type === "Polygon" ? Math.abs(area_m2(linesOf(feature)[0] as Ring)) : 0;
}

export function hitAt(features: readonly Feature[], at: Point, reach_m: number): Feature | null {
  let best: Feature | null = null;
  for (const feature of features) {
    if (!isHit(feature, at, reach_m)) continue;
    const order = best === null ? -1 : RANK[feature.feature_type] - RANK[best.feature_type] || size(feature) - size(best);
    if (order < 0) best = feature;
  }
  return best;
}

/** Shapes that lie wholly in the box; never the level itself. */
export function boxed(features: readonly Feature[], box: Box): string[] {
  return features.flatMap((feature) => {
    const own = feature.feature_type === "level" ? null : boxOfFeatures([feature]);
    return own && isWithin(box, own) ? [feature.id] : [];
  });
}
