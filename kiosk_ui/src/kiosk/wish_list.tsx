import { Check, SkipForward, Undo2 } from "lucide";
import { sayPlace } from "../guidance_words.ts";
import { Icon } from "../parts/icon.tsx";
import type { WishListItem, WishState } from "../wire.gen.ts";
import { say } from "../words.ts";
import { setItem } from "./showing.ts";

function Item({ item, isNext }: { item: WishListItem; isNext: boolean }) {
  const set = (next: WishState) => () => void setItem(item.sku, next);
  const isWanted = item.state === "wanted";
  return (
    <li class={`wish-item is-${item.state} ${isNext ? "is-next" : ""}`} data-testid={`wish-item-${item.sku}`} data-state={item.state}>
      <div class="wish-words">
        <p class="wish-name">
          {item.state === "picked_up" && <Icon of={Check} />}
          {item.name}
          {isNext && <span class="wish-next">{say("kiosk.next")}</span>}
        </p>
        <p class="quiet wish-place">
          {isWanted ? (item.place ? sayPlace(item.place) : say("place.none")) : say(`kiosk.${item.state as "picked_up" | "skipped"}`)}
        </p>
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

/** The next one first, then what is wanted, then what is done. */
export function inWalkingOrder(items: readonly WishListItem[], next_sku: string | null): WishListItem[] {
  const rank = (item: WishListItem): number => (item.sku === next_sku ? 0 : item.state === "wanted" ? 1 : 2);
  return [...items].sort((a, b) => rank(a) - rank(b));
}

export function WishListPanel({ items, next_sku }: { items: readonly WishListItem[]; next_sku: string | null }) {
  const left = items.filter((item) => item.state === "wanted").length;
  return (
    <section class="card wish-list" aria-labelledby="list-title">
      <div class="row spread wish-head">
        <h2 id="list-title">{say("kiosk.list")}</h2>
        {items.length > 0 && <span class="quiet figures">{say("kiosk.list_left", { count: left })}</span>}
      </div>
      {items.length === 0 ? (
        <p class="quiet">{say("kiosk.list_empty")}</p>
      ) : (
        <ul class="wish-items">
          {inWalkingOrder(items, next_sku).map((item) => (
            <Item key={item.sku} item={item} isNext={item.sku === next_sku} />
          ))}
        </ul>
      )}
    </section>
  );
}
