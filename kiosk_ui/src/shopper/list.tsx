import { Check, Plus, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { sayPlaceShort } from "../guidance_words.ts";
import { Icon } from "../parts/icon.tsx";
import { useProductSearch } from "../parts/product_search.ts";
import { Trouble } from "../parts/trouble.tsx";
import type { FoundProduct, WishListItem } from "../wire.gen.ts";
import { say } from "../words.ts";
import { addProduct, askForList, removeProduct, wantsPin, wishList } from "./card.ts";
import { PinForm } from "./pin_form.tsx";

function Found({ found, isListed }: { found: FoundProduct; isListed: boolean }) {
  const { product, place } = found;
  return (
    <li class="list-line">
      <div>
        <p class="list-name">
          <bdi>{product.name}</bdi>
        </p>
        <p class="quiet small">{place ? sayPlaceShort(place) : say("place.none")}</p>
      </div>
      <button
        type="button"
        disabled={isListed}
        data-testid={`add-${product.sku}`}
        aria-label={say(isListed ? "kiosk.on_list" : "shopper.add_item", { name: product.name })}
        onClick={() => void addProduct(product.sku)}
      >
        <Icon of={isListed ? Check : Plus} />
        {!isListed && say("shopper.add")}
      </button>
    </li>
  );
}

function Listed({ item }: { item: WishListItem }) {
  return (
    <li class="list-line" data-testid={`list-item-${item.sku}`} data-state={item.state}>
      <div>
        <p class="list-name">
          <bdi>{item.name}</bdi>
        </p>
        <p class="quiet small">
          {item.state === "wanted" ? (item.place ? sayPlaceShort(item.place) : say("place.none")) : say(`shopper.state_${item.state}`)}
        </p>
      </div>
      <button
        type="button"
        data-testid={`remove-${item.sku}`}
        aria-label={say("shopper.remove_item", { name: item.name })}
        onClick={() => void removeProduct(item.sku)}
      >
        <Icon of={Trash2} />
      </button>
    </li>
  );
}

export function List() {
  const [query, setQuery] = useState("");
  const { found, trouble } = useProductSearch(query);
  const items = wishList.value?.items ?? [];
  const listed = new Set(items.map((item) => item.sku));
  return (
    <div class="stack">
      <section class="card stack tight">
        <h2>
          <label for="product-search">{say("shopper.add_title")}</label>
        </h2>
        <input
          id="product-search"
          data-testid="product-search"
          type="search"
          dir={query === "" ? undefined : "auto"}
          autoComplete="off"
          maxLength={100}
          placeholder={say("shopper.search")}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        {wantsPin.value?.kind === "list" && <PinForm isForList={true} />}
        <Trouble words={trouble} />
        <p role="status" class={found?.products.length === 0 ? "quiet" : "only-spoken"}>
          {found &&
            (found.products.length === 0
              ? say("kiosk.nothing_found", { query: found.query })
              : say("kiosk.found", { count: found.products.length }))}
        </p>
        {found && found.products.length > 0 && (
          <ul>
            {found.products.map((product) => (
              <Found key={product.product.sku} found={product} isListed={listed.has(product.product.sku)} />
            ))}
          </ul>
        )}
      </section>
      <section class="card stack tight">
        <div class="row spread">
          <h2>{say("kiosk.list")}</h2>
          {items.length > 0 && <span class="quiet figures">{say("shopper.list_count", { count: items.length })}</span>}
        </div>
        {wishList.value === null ? (
          <button type="button" data-testid="show-my-list" onClick={askForList}>
            {say("shopper.show_list")}
          </button>
        ) : items.length === 0 ? (
          <p class="quiet">{say("shopper.list_empty")}</p>
        ) : (
          <ul>
            {items.map((item) => (
              <Listed key={item.sku} item={item} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}
