import { X } from "lucide";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { useProductSearch } from "../../parts/product_search.ts";
import { Trouble } from "../../parts/trouble.tsx";
import type { Product } from "../../wire.gen.ts";
import { say } from "../../words.ts";

interface ProductPickerProps {
  readonly label: string;
  readonly testid: string;
  readonly chosen: Product | null;
  onChoose(product: Product | null): void;
}

/** One product of the catalogue, found by typing: arrows choose, Enter takes. */
export function ProductPicker({ label, testid, chosen, onChoose }: ProductPickerProps) {
  const id = useId();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const { found, trouble } = useProductSearch(chosen ? "" : query);
  const products = (found?.products ?? []).map(({ product }) => product);
  const current = Math.min(active, products.length - 1);
  useEffect(() => setActive(0), [query]);
  const choose = (product: Product): void => {
    onChoose(product);
    setQuery("");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const product = products[current];
    if (event.key === "ArrowDown") setActive(Math.min(products.length - 1, current + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, current - 1));
    else if (event.key === "Escape" && query !== "") setQuery("");
    else if (event.key === "Enter" && product) choose(product);
    else return;
    event.preventDefault();
  };
  if (chosen) {
    return (
      <div class="stack tight">
        <span class="picker-label" id={`${id}-label`}>
          {label}
        </span>
        <div class="row tight picked-product" data-testid={`${testid}-chosen`}>
          <span>
            {chosen.name}
            <span class="quiet small figures">{chosen.sku}</span>
          </span>
          <button
            type="button"
            class="plain"
            aria-label={say("products.choose_another", { name: chosen.name })}
            onClick={() => {
              onChoose(null);
              setTimeout(() => field.current?.focus());
            }}
          >
            <Icon of={X} />
          </button>
        </div>
      </div>
    );
  }
  return (
    <div class="stack tight product-picker">
      <label for={id}>{label}</label>
      <input
        ref={field}
        id={id}
        type="search"
        role="combobox"
        list={undefined}
        autoComplete="off"
        maxLength={100}
        data-testid={testid}
        value={query}
        aria-expanded={products.length > 0}
        aria-controls={`${id}-found`}
        aria-activedescendant={products.length > 0 ? `${id}-${current}` : undefined}
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Trouble words={trouble} />
      <p role="status" class={found?.products.length === 0 ? "quiet small" : "only-spoken"}>
        {found && (products.length === 0 ? say("products.nothing_found", { query: found.query }) : say("kiosk.found", { count: products.length }))}
      </p>
      <ul role="listbox" id={`${id}-found`} aria-label={say("products.found_list")} class="picker-found">
        {products.map((product, i) => (
          <li
            key={product.sku}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === current}
            data-testid={`pick-${product.sku}`}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(product)}
          >
            {product.name}
            <span class="quiet small figures">{product.sku}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
