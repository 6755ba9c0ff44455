import { ArrowLeftRight, Check, SkipForward, Undo2 } from "lucide";
import { sayPlace, sayPlaceShort } from "../guidance_words.ts";
import { Icon } from "../parts/icon.tsx";
import type { Substitute, WishListItem, WishState } from "../wire.gen.ts";
import { say, sayMetres } from "../words.ts";
import { inWalkingOrder } from "../walking_order.ts";
import { setItem, takeInstead } from "./showing.ts";

function Instead({ item, instead }: { item: WishListItem; instead: Substitute }) {
  return (
    <div class="row spread instead" data-testid={`instead-${item.sku}`}>
      <p>
        {say("kiosk.instead", { name: instead.name })}
        {instead.place && <span class="quiet wish-place"> {sayPlaceShort(instead.place)}</span>}
      </p>
      <button
        type="button"
        data-testid={`take-instead-${item.sku}`}
        aria-label={say("kiosk.take_instead_of", { name: instead.name, missing: item.name })}
        onClick={() => void takeInstead(item.sku, instead.sku)}
      >
        <Icon of={ArrowLeftRight} />
        {say("kiosk.take_instead")}
      </button>
    </div>
  );
}

function Item({ item, isNext }: { item: WishListItem; isNext: boolean }) {
  const set = (next: WishState) => () => void setItem(item.sku, next);
  const isWanted = item.state === "wanted";
  const place = item.is_sold_out ? say("kiosk.sold_out") : item.place ? sayPlace(item.place) : say("place.none");
  return (
    <li class={`wish-item is-${item.state} ${isNext ? "is-next" : ""}`} data-testid={`wish-item-${item.sku}`} data-state={item.state}>
      <div class="wish-words">
        <p class="wish-name">
          {item.state === "picked_up" && <Icon of={Check} />}
          <bdi>{item.name}</bdi>
          {isNext && <span class="wish-next">{say("kiosk.next")}</span>}
        </p>
        <p class="quiet wish-place">
          {isWanted ? place : say(`kiosk.${item.state as "picked_up" | "skipped"}`)}
        </p>
        {isWanted && item.substitute !== null && <Instead item={item} instead={item.substitute} />}
      </div>
      <div class="row wish-buttons">
        {isWanted && (
          <>
            <button type="button" class="plain" aria-label={say("kiosk.skip_item", { name: item.name })} onClick={set("skipped")}>
              <Icon of={SkipForward} />
              {say("kiosk.skip")}
            </button>
            <button
              type="button"
              data-testid={`tick-${item.sku}`}
              aria-label={say("kiosk.tick_item", { name: item.name })}
              onClick={set("picked_up")}
            >
              <Icon of={Check} />
              {say("kiosk.tick")}
            </button>
          </>
        )}
        {!isWanted && (
          <button
            type="button"
            class="plain"
            aria-label={say(item.state === "picked_up" ? "kiosk.untick_item" : "kiosk.unskip_item", { name: item.name })}
            onClick={set("wanted")}
          >
            <Icon of={Undo2} />
            {say(item.state === "picked_up" ? "kiosk.untick" : "kiosk.unskip")}
          </button>
        )}
      </div>
    </li>
  );
}

interface WishListShown {
  items: readonly WishListItem[];
  next_sku: string | null;
  order: readonly string[];
  tour_m: number | null;
}

export function WishListPanel({ items, next_sku, order, tour_m }: WishListShown) {
  const count = items.filter((item) => item.state === "wanted").length;
  const left = tour_m === null ? say("kiosk.list_left", { count }) : say("kiosk.tour_left", { count, distance: sayMetres(tour_m) });
  return (
    <section class="card wish-list" aria-labelledby="list-title">
      <div class="row spread wish-head">
        <h2 id="list-title">{say("kiosk.list")}</h2>
        {items.length > 0 && <span class="quiet figures">{left}</span>}
      </div>
      {items.length === 0 ? (
        <p class="quiet">{say("kiosk.list_empty")}</p>
      ) : (
        <ul class="wish-items">
          {inWalkingOrder(items, next_sku, order).map((item) => (
            <Item key={item.sku} item={item} isNext={item.sku === next_sku} />
          ))}
        </ul>
      )}
    </section>
  );
}
