/**
 * Ticks made while the server cannot be reached.
 *
 * They are a shopper's, so they live in this page's memory alone, for this visit alone: shown at once, sent when the server is back
 * and still has the same shopper open here, and dropped with everything else when the screen is wiped. A tick that waits longer than
 * its shopper stands here is lost, and that is meant: to keep it would be to keep a piece of their list on the screen's disk or
 * behind their back. Pure.
 */
import type { Guidance, OpenedShopper, WishListItem, WishState } from "../wire.gen.ts";

export type Unsent = ReadonlyMap<string, WishState>;
export const NOTHING_UNSENT: Unsent = new Map();

function withUnsent(items: readonly WishListItem[], unsent: Unsent): WishListItem[] {
  return items.map((item) => ({ ...item, state: unsent.get(item.sku) ?? item.state }));
}

/** Nobody knows where the shopper is now; where the item stands is still known. */
function guidanceWithoutPosition(guidance: Guidance, items: readonly WishListItem[]): Guidance {
  const wanted = items.filter((item) => item.state === "wanted");
  const inOrder = [guidance.next_item?.sku, ...guidance.order];
  const next_item = inOrder.map((sku) => wanted.find((item) => item.sku === sku)).find((item) => item) ?? wanted[0] ?? null;
  const kind = next_item === null ? "all_done" : next_item.is_sold_out ? "sold_out" : next_item.place === null ? "no_place" : "no_position";
  const nowhere = { distance_m: null, path: [], turn: null, near: [], steps: [], shelf_side: null, tour_m: null, level_id: null, crossings: [] };
  return { ...guidance, ...nowhere, certainty: "unknown", kind, next_item };
}

/** What the opened shopper sees: the server's last word, with what was done here since, and no position that is not live. */
export function shownShopper(opened: OpenedShopper, unsent: Unsent, isConnected: boolean): OpenedShopper {
  if (isConnected && unsent.size === 0) return opened;
  const items = withUnsent(opened.wish_list.items, unsent);
  const shown = { ...opened, wish_list: { ...opened.wish_list, items } };
  // A suggestion could neither be taken nor refused now.
  return isConnected ? shown : { ...shown, suggestion: null, guidance: guidanceWithoutPosition(opened.guidance, items) };
}
