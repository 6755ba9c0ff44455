/** Products on shelf slots: put there, taken away, moved, found. Pure. */
import type { Draft } from "../draft.ts";
import { type Outcome, changesTo, refuse } from "./outcome.ts";
import type { Slot } from "./shelving.ts";

function slotOf(draft: Draft, slot_id: string): Slot | null {
  const feature = draft.features.get(slot_id);
  return feature?.feature_type === "shelf_slot" ? feature : null;
}

const holding = (slot: Slot, sku: string | null): Slot => ({ ...slot, properties: { ...slot.properties, sku } });

function placing(draft: Draft, what: string, after: readonly Slot[]): Outcome {
  const changes = changesTo(draft, after);
  return changes.length === 0 ? refuse("products.stands_there") : { kind: "place_product", what, changes };
}

/** The product stands in the slot, instead of what stood there. */
export function placed(draft: Draft, slot_id: string, sku: string): Outcome {
  const slot = slotOf(draft, slot_id);
  return slot ? placing(draft, slot.properties.key, [holding(slot, sku)]) : refuse("products.no_such_slot");
}

/** Nothing stands in the slots any more. */
export function emptied(draft: Draft, slot_ids: readonly string[]): Outcome {
  const full = slot_ids.flatMap((id) => slotOf(draft, id) ?? []).filter((slot) => slot.properties.sku);
  if (full.length === 0) return refuse("products.is_empty");
  const what = full.length === 1 ? (full[0] as Slot).properties.key : String(full.length);
  return placing(draft, what, full.map((slot) => holding(slot, null)));
}

/** What stands in one slot stands in the other, and the other way round. */
export function swapped(draft: Draft, from_id: string, to_id: string): Outcome {
  const [from, to] = [slotOf(draft, from_id), slotOf(draft, to_id)];
  if (!from || !to) return refuse("products.no_such_slot");
  const [first, second] = [from.properties.sku ?? null, to.properties.sku ?? null];
  return placing(draft, to.properties.key, [holding(from, second), holding(to, first)]);
}

/** Where products stand in the draft; a product may have several slots. */
export function slotsBySku(draft: Draft): Map<string, Slot[]> {
  const found = new Map<string, Slot[]>();
  for (const feature of draft.features.values()) {
    if (feature.feature_type !== "shelf_slot" || !feature.properties.sku) continue;
    const known = found.get(feature.properties.sku);
    if (known) known.push(feature);
    else found.set(feature.properties.sku, [feature]);
  }
  return found;
}
