import { GripVertical, Search } from "lucide";
import type { Ref } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { useProductSearch } from "../../parts/product_search.ts";
import { Trouble } from "../../parts/trouble.tsx";
import type { Product } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import type { Slot } from "./actions/shelving.ts";
import type { ShelfDrag } from "./shelf_drag.tsx";

interface ShelfSearchProps {
  readonly input: Ref<HTMLInputElement>;
  readonly query: string;
  readonly places: ReadonlyMap<string, readonly Slot[]>;
  readonly drag: ShelfDrag;
  onQuery(query: string): void;
  onPick(product: Product): void;
  /** Escape: back to the shelf. */
  onLeave(): void;
}

/** Products to put on the shelf: type and press Enter, tap one, or drag it by its grip. */
export function ShelfSearch({ input, query, places, drag, onQuery, onPick, onLeave }: ShelfSearchProps) {
  const { found, trouble } = useProductSearch(query);
  const [active, setActive] = useState(0);
  const products = (found?.products ?? []).map(({ product }) => product);
  const current = Math.min(active, products.length - 1);
  useEffect(() => setActive(0), [query]);
  useEffect(() => document.getElementById(`shelf-found-${current}`)?.scrollIntoView({ block: "nearest" }), [current]);
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "ArrowDown") setActive(Math.min(products.length - 1, current + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, current - 1));
    else if (event.key === "Escape") onLeave();
    else if (event.key === "Enter") {
      const product = products[current];
      // What is shown answers an earlier question while letters still come.
      if (product && found?.query === query.trim().slice(0, 100)) onPick(product);
    } else return;
    event.preventDefault();
  };
  return (
    <div class="stack tight">
      <label for="shelf-search">{say("products.search_for_shelf")}</label>
      <div class="with-icon">
        <Icon of={Search} />
        <input
          ref={input}
          id="shelf-search"
          data-testid="shelf-search"
          type="search"
          role="combobox"
          list={undefined}
          autoComplete="off"
          maxLength={100}
          value={query}
          aria-expanded={products.length > 0}
          aria-controls="shelf-found"
          aria-activedescendant={products.length > 0 ? `shelf-found-${current}` : undefined}
          aria-describedby="shelf-search-keys"
          onInput={(event) => onQuery(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <p class="quiet small" id="shelf-search-keys">
        {say("products.search_keys")}
      </p>
      <Trouble words={trouble} />
      <p role="status" class={found?.products.length === 0 ? "quiet" : "only-spoken"}>
        {found && (products.length === 0 ? say("products.nothing_found", { query: found.query }) : say("kiosk.found", { count: products.length }))}
      </p>
      <ul class="shelf-found" role="listbox" id="shelf-found" aria-label={say("products.found_list")}>
        {products.map((product, i) => (
          <li
            key={product.sku}
            id={`shelf-found-${i}`}
            role="option"
            aria-selected={i === current}
            data-testid={`found-${product.sku}`}
            onPointerDown={(event) => {
              // The focus stays in the field, so that typing goes on after a tap.
              event.preventDefault();
              if (event.pointerType === "mouse") drag.begin(event, { words: product.name, sku: product.sku, from_id: null });
            }}
            onClick={() => !drag.hasJustDropped() && onPick(product)}
          >
            <span class="grip" onPointerDown={(event) => drag.begin(event, { words: product.name, sku: product.sku, from_id: null })}>
              <Icon of={GripVertical} />
            </span>
            <span>
              {product.name}
              <span class="quiet small figures shelf-sku">
                {product.sku}
                {places.has(product.sku) && ` · ${say("products.stands_at", { key: places.get(product.sku)?.[0]?.properties.key ?? "", more: (places.get(product.sku)?.length ?? 1) - 1 })}`}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
