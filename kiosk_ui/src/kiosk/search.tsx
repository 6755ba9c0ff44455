import { MapPin, Plus, Search, X } from "lucide";
import { useRef } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { useProductSearch } from "../parts/product_search.ts";
import { Trouble } from "../parts/trouble.tsx";
import { sayPlace } from "../guidance_words.ts";
import type { FoundProduct } from "../wire.gen.ts";
import { say, sayInstant } from "../words.ts";
import { Keys, KeysButton } from "./keys.tsx";
import { areKeysShown, isConnected, opened, query, setItem, shownProduct } from "./showing.ts";

function sayStock(found: FoundProduct): string {
  if (found.stock === null || found.stock_as_of === null) return say("stock.unknown");
  return say("stock.count", { count: found.stock, at: sayInstant(found.stock_as_of) });
}

function Answer({ found }: { found: FoundProduct }) {
  const { product, place } = found;
  const items = opened.value?.wish_list.items;
  const isListed = items?.some((item) => item.sku === product.sku) ?? false;
  return (
    <li class="card answer" data-testid={`found-${product.sku}`}>
      <div class="answer-words">
        <h2>
          <bdi>{product.name}</bdi>
        </h2>
        <p>{place ? sayPlace(place) : say("place.none")}</p>
        <p class="quiet figures">{sayStock(found)}</p>
      </div>
      <div class="row answer-buttons">
        {place && (
          <button type="button" onClick={() => (shownProduct.value = found)} aria-pressed={shownProduct.value === found}>
            <Icon of={MapPin} />
            {say("kiosk.show_on_plan")}
          </button>
        )}
        {items && (
          <button type="button" disabled={isListed || !isConnected.value} data-testid={`add-${product.sku}`} onClick={() => void setItem(product.sku, "wanted")}>
            {!isListed && <Icon of={Plus} />}
            {say(isListed ? "kiosk.on_list" : "kiosk.add_item")}
          </button>
        )}
      </div>
    </li>
  );
}

/** Find anything: works for everybody, whatever they consented to. */
export function ProductFinder({ isTitle }: { isTitle: boolean }) {
  const field = useRef<HTMLInputElement>(null);
  const { found, trouble } = useProductSearch(query.value);
  const clear = (): void => {
    query.value = "";
    shownProduct.value = null;
    field.current?.focus();
  };
  return (
    <section class="stack finder">
      <form
        role="search"
        class="stack tight"
        onSubmit={(event) => {
          event.preventDefault();
          areKeysShown.value = false;
        }}
      >
        {isTitle ? (
          <h1 class="finder-title">
            <label for="search">{say("kiosk.find")}</label>
          </h1>
        ) : (
          <label for="search" class="only-spoken">
            {say("kiosk.find")}
          </label>
        )}
        <div class="search-line">
          <Icon of={Search} />
          <input
            ref={field}
            id="search"
            data-testid="search"
            type="text"
            dir={query.value === "" ? undefined : "auto"}
            inputMode={areKeysShown.value ? "none" : "search"}
            enterKeyHint="search"
            autoComplete="off"
            spellcheck={false}
            maxLength={100}
            placeholder={say(isTitle ? "kiosk.search" : "kiosk.find")}
            value={query.value}
            onInput={(event) => (query.value = event.currentTarget.value)}
          />
          {query.value !== "" && (
            <button type="button" class="plain" aria-label={say("kiosk.clear_search")} onClick={clear}>
              <Icon of={X} />
            </button>
          )}
          <KeysButton />
        </div>
      </form>
      <Keys />
      <Trouble words={trouble} />
      <p role="status" class={found && found.products.length === 0 ? "note" : "only-spoken"}>
        {found &&
          (found.products.length === 0
            ? say("kiosk.nothing_found", { query: found.query })
            : say("kiosk.found", { count: found.products.length }))}
      </p>
      {found?.as_of && found.products.length > 0 && (
        <p class="quiet figures" data-testid="found-as-of">
          {say("kiosk.found_as_of", { at: sayInstant(found.as_of) })}
        </p>
      )}
      {found && found.products.length > 0 && (
        <ul class="stack tight answers">
          {found.products.map((product) => (
            <Answer key={product.product.sku} found={product} />
          ))}
        </ul>
      )}
    </section>
  );
}
