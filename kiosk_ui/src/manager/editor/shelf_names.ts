/** What products are called, asked for all at once and kept while the page is open. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { troubleWords } from "../../parts/trouble.tsx";
import { askSignedIn } from "../../staff/session.ts";
import type { LookUpProducts, LookedUpProducts } from "../../wire.gen.ts";

/** By sku; null where the catalogue has no such product. */
export const names = signal<ReadonlyMap<string, string | null>>(new Map());
export const namesTrouble = signal<string | null>(null);

const asked = new Set<string>();
const MOST_ASKED = 2000;

async function lookUp(skus: readonly string[]): Promise<void> {
  for (const sku of skus) asked.add(sku);
  try {
    const wanted: LookUpProducts = { skus: [...skus] };
    const { products } = await askSignedIn<LookedUpProducts>("POST", "/api/manager/products/lookups", wanted);
    const found = new Map(products.map(({ sku, name }) => [sku, name]));
    names.value = new Map([...names.value, ...skus.map((sku) => [sku, found.get(sku) ?? null] as const)]);
    namesTrouble.value = null;
  } catch (error) {
    namesTrouble.value = troubleWords(error);
  } finally {
    for (const sku of skus) asked.delete(sku);
  }
}

/** A product that was just found needs no asking. */
export function noteName(sku: string, name: string): void {
  names.value = new Map([...names.value, [sku, name]]);
}

/** Names these products, and asks anew for those nobody knew when a shelf is opened: the catalogue may have them by now. */
export function useNames(skus: readonly string[]): void {
  const wanted = skus.join("\n");
  useEffect(() => {
    names.value = new Map([...names.value].filter(([, name]) => name !== null));
  }, []);
  useEffect(() => {
    const unasked = [...new Set(skus)].filter((sku) => !names.value.has(sku) && !asked.has(sku));
    if (unasked.length > 0) void lookUp(unasked.slice(0, MOST_ASKED));
  }, [wanted]);
}
