/** In which order a list is read by who walks along it. Pure. */
import type { WishListItem } from "./wire.gen.ts";

/** The next one first, then the others as they will be walked to, then what cannot be walked to, then what is done. */
export function inWalkingOrder(
  items: readonly WishListItem[],
  next_sku: string | null,
  order: readonly string[],
): WishListItem[] {
  const rank = (item: WishListItem): number => {
    if (item.state !== "wanted") return order.length + 2;
    if (item.sku === next_sku) return -1;
    const at = order.indexOf(item.sku);
    return at < 0 ? order.length + 1 : at;
  };
  return [...items].sort((a, b) => rank(a) - rank(b));
}
