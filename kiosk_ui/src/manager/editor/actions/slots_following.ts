/** Slots hang on their fixture's edge: where they go when a corner of it moves. Pure. */
import type { Feature, FeatureOf } from "../draft.ts";
import { featurePlaced } from "../feature_shapes.ts";
import { type Point, type Ring, direction_deg, distance, minus, nearestOnLine, plus, times, turned } from "../shapes.ts";

/**
 * Each slot at the same share of the same edge, as far from it as it was, turned as the edge has turned. Where corners came or
 * went an edge has no successor: the slot then goes to the nearest edge.
 */
export function slotsFollowing(slots: readonly FeatureOf<"shelf_slot">[], was: Ring, now: Ring): Feature[] {
  return slots.map((slot) => {
    const point = slot.geometry.coordinates as unknown as Point;
    const found = nearestOnLine(point, was);
    if (was.length !== now.length) {
      const { at } = nearestOnLine(point, now);
      return featurePlaced(slot, { place: (each) => plus(each, minus(at, found.at)), turn_deg: 0 });
    }
    const [from, to] = [was[found.edge] as Point, was[found.edge + 1] as Point];
    const [newFrom, newTo] = [now[found.edge] as Point, now[found.edge + 1] as Point];
    const length = distance(from, to);
    if (length === 0 || distance(newFrom, newTo) === 0) return slot;
    const turn_deg = direction_deg(newFrom, newTo) - direction_deg(from, to);
    const at = plus(newFrom, times(minus(newTo, newFrom), distance(from, found.at) / length));
    return featurePlaced(slot, { place: (each) => plus(at, turned(minus(each, found.at), [0, 0], turn_deg)), turn_deg });
  });
}
