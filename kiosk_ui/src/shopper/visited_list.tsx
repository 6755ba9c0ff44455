import { Check, Undo2 } from "lucide";
import { isToTill, nextSku, sayPlace, sayWay } from "../guidance_words.ts";
import { Icon } from "../parts/icon.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { inWalkingOrder } from "../walking_order.ts";
import type { Guidance, WishListItem } from "../wire.gen.ts";
import { say } from "../words.ts";
import { trouble } from "./card.ts";
import { type Visit, endVisit, setVisited } from "./visit.ts";

function Item({ item }: { item: WishListItem }) {
  const isWanted = item.state === "wanted";
  const place = item.is_sold_out ? say("kiosk.sold_out") : item.place ? sayPlace(item.place) : say("place.none");
  return (
    <li class="list-line" data-testid={`list-item-${item.sku}`} data-state={item.state}>
      <div>
        <p class="list-name">
          <bdi>{item.name}</bdi>
        </p>
        <p class="quiet small">{item.state === "wanted" ? place : say(`shopper.state_${item.state}`)}</p>
      </div>
      <button
        type="button"
        data-testid={`tick-${item.sku}`}
        aria-label={say(isWanted ? "kiosk.tick_item" : "kiosk.untick_item", { name: item.name })}
        onClick={() => void setVisited(item.sku, isWanted ? "picked_up" : "wanted")}
      >
        <Icon of={isWanted ? Check : Undo2} />
        {say(isWanted ? "kiosk.tick" : "kiosk.untick")}
      </button>
    </li>
  );
}

/** To the first item, as long as that is still to be fetched; to the till, as long as nothing is. */
function WayThere({ guidance, items }: { guidance: Guidance; items: readonly WishListItem[] }) {
  const wanted = items.filter((item) => item.state === "wanted");
  const isToPay = isToTill(guidance);
  const isStillNext = isToPay
    ? wanted.every((item) => item.is_sold_out || item.place === null)
    : wanted.some((item) => item.sku === guidance.next_item?.sku);
  const steps = isStillNext ? sayWay(guidance) : [];
  if (steps.length === 0) return null;
  return (
    <section class="card stack tight" data-testid="visit-way">
      <h2>{say(isToPay ? "way.to_till" : "visit.way")}</h2>
      <ol class="visit-steps">
        {steps.map((step, i) => (
          <li key={i}>
            {step.words} <span class="quiet figures">{step.walk}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What was taken along from a kiosk: the list in the order it is walked, and the way from the screen. */
export function VisitedList({ visit: { wish_list, guidance } }: { visit: Visit }) {
  const next_sku = guidance && nextSku(guidance);
  return (
    <main class="page shopper-page stack">
      <h1>{say("kiosk.list")}</h1>
      <p class="quiet">{say("visit.detail")}</p>
      <Trouble words={trouble.value} />
      {guidance && <WayThere guidance={guidance} items={wish_list.items} />}
      <section class="card">
        {wish_list.items.length === 0 ? (
          <p class="quiet">{say("kiosk.list_empty")}</p>
        ) : (
          <ul data-testid="visit-list">
            {inWalkingOrder(wish_list.items, next_sku, guidance?.order ?? []).map((item) => (
              <Item key={item.sku} item={item} />
            ))}
          </ul>
        )}
      </section>
      <button type="button" data-testid="end-visit" onClick={() => void endVisit()}>
        {say("visit.end")}
      </button>
    </main>
  );
}
