/** "Do you have it, where is it", answered from the kept catalogue as the server would. Pure. */
import type { FoundProduct } from "../../wire.gen.ts";

export interface Searchable {
  /** What is searched of the product, without case. */
  readonly text: string;
  readonly found: FoundProduct;
}

const MOST_ANSWERS = 50;

/** The server's casefold, as far as our languages go: it writes ß as ss. */
function withoutCase(text: string): string {
  return text.toLowerCase().replaceAll("ß", "ss");
}

export function searchable(products: readonly FoundProduct[]): Searchable[] {
  const made = products.map((found) => {
    const { name, brand, category, sku, gtin } = found.product;
    return { text: withoutCase([name, brand, category, sku, gtin].filter((part) => part).join(" ")), found };
  });
  // The shortest text holds least besides what was asked for; the server's order.
  const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return made.sort((a, b) => a.text.length - b.text.length || byCode(a.found.product.sku, b.found.product.sku));
}

/** Products that hold every word of the query somewhere, at most `limit`; none for a query without words. */
export function search(known: readonly Searchable[], query: string, limit: number): FoundProduct[] {
  const words = withoutCase(query).split(/\s+/).filter((word) => word !== "");
  const found: FoundProduct[] = [];
  if (words.length === 0) return found;
  for (const each of known) {
    if (found.length >= Math.min(limit, MOST_ANSWERS)) break;
    if (words.every((word) => each.text.includes(word))) found.push(each.found);
  }
  return found;
}
