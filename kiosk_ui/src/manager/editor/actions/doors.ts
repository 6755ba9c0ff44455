/** Doors lie on the outline: where one drawn or moved near it comes to lie. Pure. */
import { type Point, type Ring, alongFrom, direction_deg, distance, isAt, nearestOnLine, nearestOnStretch } from "../shapes.ts";

/** Farther from the outline than this, a door is not meant to be on it. */
const REACH_M = 2;

function nearestEdge(outline: readonly Ring[], point: Point): readonly [Point, Point] | null {
  let best: { edge: readonly [Point, Point]; distance_m: number } | null = null;
  for (const ring of outline) {
    const { edge, distance_m } = nearestOnLine(point, ring);
    if (distance_m <= REACH_M && (best === null || distance_m < best.distance_m)) {
      best = { edge: [ring[edge] as Point, ring[edge + 1] as Point], distance_m };
    }
  }
  return best?.edge ?? null;
}

/** Both ends on the edge that is nearest to the first; null where none is near, or nothing of the door is left. */
export function doorBetween(outline: readonly Ring[], from: Point, to: Point): readonly [Point, Point] | null {
  const edge = nearestEdge(outline, from);
  if (!edge) return null;
  const door = [nearestOnStretch(from, ...edge).at, nearestOnStretch(to, ...edge).at] as const;
  return isAt(...door) ? null : door;
}

/** A door of this width about the place of the outline that is nearest, no wider than its edge. */
export function doorAt(outline: readonly Ring[], centre: Point, width_m: number): readonly [Point, Point] | null {
  const edge = nearestEdge(outline, centre);
  if (!edge) return null;
  const length = distance(...edge);
  const half = Math.min(width_m, length) / 2;
  const reach = Math.min(length - half, Math.max(half, nearestOnStretch(centre, ...edge).part * length));
  const angle = direction_deg(...edge);
  return [alongFrom(edge[0], angle, reach - half), alongFrom(edge[0], angle, reach + half)];
}
