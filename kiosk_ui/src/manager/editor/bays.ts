/** Bays as short strokes on their shelf's face: 20,000 slots are a few strokes a fixture, in two lines drawn at once. Pure. */
import { type Draft, type FeatureOf, partsOf } from "./draft.ts";
import type { Box, Point } from "./shapes.ts";
import type { Stretch } from "./snapping.ts";

/** A stroke into the shelf. */
const DEPTH_M = 0.18;

type Slot = FeatureOf<"shelf_slot">;

interface Bay {
  readonly at: Point;
  readonly facing: Point;
  readonly level_id: string;
  readonly hasProduct: boolean;
}

const known = new WeakMap<readonly Slot[], readonly Bay[]>();

/** Every bay of a fixture once, whatever its shelves; with a product where any shelf has one. */
function baysOf(slots: readonly Slot[]): readonly Bay[] {
  const found = known.get(slots);
  if (found) return found;
  const bays = new Map<string, Bay>();
  for (const { geometry, properties } of slots) {
    const { side, bay, facing, level_id, sku } = properties;
    const key = `${side} ${bay}`;
    const hasProduct = sku !== null || bays.get(key)?.hasProduct === true;
    bays.set(key, { at: geometry.coordinates as unknown as Point, facing: facing as unknown as Point, level_id, hasProduct });
  }
  const all = [...bays.values()];
  known.set(slots, all);
  return all;
}

export function bayTicks(draft: Draft, level_id: string | null, seen: Box): { filled: Stretch[]; empty: Stretch[] } {
  const [filled, empty]: [Stretch[], Stretch[]] = [[], []];
  for (const { at, facing, level_id: on, hasProduct } of [...partsOf(draft).slots.values()].flatMap(baysOf)) {
    const [x, y] = at;
    if (on !== level_id || x < seen.west || x > seen.east || y < seen.south || y > seen.north) continue;
    (hasProduct ? filled : empty).push([at, [x - facing[0] * DEPTH_M, y - facing[1] * DEPTH_M]]);
  }
  return { filled, empty };
}
