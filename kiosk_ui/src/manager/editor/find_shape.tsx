import { Search } from "lucide";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { useProductSearch } from "../../parts/product_search.ts";
import { say } from "../../words.ts";
import { type Draft, type Feature, partsOf } from "./draft.ts";
import { draft, goTo } from "./editing.ts";
import { titleOf } from "./step_words.ts";

const SHOWN_AT_MOST = 8;

interface Hit {
  readonly feature: Feature;
  readonly words: string;
}

/** Shapes by key or by a name in any language; shelf slots are found by their product. */
export function shapesFound(plan: Draft, query: string): Hit[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [];
  const hits: (Hit & { rank: number })[] = [];
  for (const feature of partsOf(plan).drawn) {
    const names = "name" in feature.properties && feature.properties.name ? Object.values(feature.properties.name) : [];
    const texts = [feature.properties.key, ...names].map((text) => text.toLowerCase());
    const rank = texts.some((text) => text === wanted) ? 0 : texts.some((text) => text.startsWith(wanted)) ? 1 : 2;
    if (rank < 2 || texts.some((text) => text.includes(wanted))) hits.push({ feature, words: titleOf(feature), rank });
  }
  return hits.sort((a, b) => a.rank - b.rank || a.words.localeCompare(b.words)).slice(0, SHOWN_AT_MOST);
}

/** Where the draft, not the published plan, has these products; or one typed by its own number. */
function productsFound(plan: Draft, names: ReadonlyMap<string, string>, query: string): Hit[] {
  const hits: Hit[] = [];
  const sku = query.trim();
  if (sku === "") return hits;
  for (const slot of plan.features.values()) {
    if (slot.feature_type !== "shelf_slot" || !slot.properties.sku) continue;
    const name = names.get(slot.properties.sku) ?? (slot.properties.sku === sku ? sku : undefined);
    const fixture = name === undefined ? undefined : plan.features.get(slot.properties.fixture_id);
    if (fixture && name) hits.push({ feature: fixture, words: say("editor.found_product", { name, key: fixture.properties.key }) });
    if (hits.length === SHOWN_AT_MOST) break;
  }
  return hits;
}

/** Search that selects what it finds and shows it. */
export function FindShape() {
  const [query, setQuery] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const { found } = useProductSearch(query);
  const plan = draft.value;
  const names = new Map((found?.products ?? []).map(({ product }) => [product.sku, product.name] as const));
  const hits = plan ? [...shapesFound(plan, query), ...productsFound(plan, names, query)].slice(0, SHOWN_AT_MOST) : [];
  const show = (hit: Hit): void => {
    goTo([hit.feature]);
    setQuery("");
    document.querySelector<HTMLElement>(".editor .leaflet-container")?.focus();
  };
  return (
    <search
      class="find"
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setQuery("");
      }}
    >
      <Icon of={Search} />
      <input
        ref={field}
        type="search"
        data-testid="find"
        aria-label={say("editor.find")}
        placeholder={say("editor.find")}
        aria-keyshortcuts="Control+F"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setQuery("");
          if (event.key === "Enter" && hits[0]) show(hits[0]);
          if (event.key === "ArrowDown") list.current?.querySelector("button")?.focus();
        }}
      />
      {query.trim() !== "" && (
        <ul ref={list} class="hits">
          {hits.map((hit) => (
            <li>
              <button type="button" class="plain" onClick={() => show(hit)}>
                {hit.words}
              </button>
            </li>
          ))}
          {hits.length === 0 && <li class="quiet">{say("editor.found_none", { query })}</li>}
        </ul>
      )}
    </search>
  );
}
