import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import type { Categories } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { loadCategories } from "./assortment_requests.ts";
import { CategoryList } from "./categories.tsx";
import { PairingList } from "./pairings.tsx";
import { ProductList } from "./product_list.tsx";
import { TillFiles } from "./till_files.tsx";
import "./products.css";

const PARTS = ["list", "categories", "pairings", "files"] as const;
type Part = (typeof PARTS)[number];

const shown = signal<Part>("list");
const categories = signal<Categories["categories"]>([]);
const trouble = signal<string | null>(null);

async function fetchCategories(): Promise<void> {
  try {
    categories.value = (await loadCategories()).categories;
    trouble.value = null;
  } catch (error) {
    trouble.value = troubleWords(error);
  }
}

/** What the store sells: where it stands, what is sensitive, what goes with what, and the till's files. */
export function Products() {
  useEffect(() => void fetchCategories(), []);
  const part = shown.value;
  return (
    <main class="page wide stack">
      <h1>{say("people.products")}</h1>
      <nav class="parts" aria-label={say("people.products")}>
        {PARTS.map((name) => (
          <button key={name} type="button" data-testid={`products-${name}`} aria-current={name === part ? "true" : undefined} onClick={() => (shown.value = name)}>
            {say(`products.part_${name}`)}
          </button>
        ))}
      </nav>
      <Trouble words={trouble.value} />
      {part === "list" && <ProductList categories={categories.value.map(({ category }) => category)} />}
      {part === "categories" && <CategoryList categories={categories.value} onChanged={(now) => (categories.value = now.categories)} />}
      {part === "pairings" && <PairingList />}
      {part === "files" && <TillFiles onTaken={() => void fetchCategories()} />}
    </main>
  );
}
