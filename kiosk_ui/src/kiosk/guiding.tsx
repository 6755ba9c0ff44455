import { ArrowLeft, ArrowRight, ArrowUp, Check, CircleHelp, CircleStop, LogOut, MapPin, SkipForward, ShoppingCart, Smartphone, Store, Undo2 } from "lucide";
import { isToTill, nextSku, sayGuidance, sayWay } from "../guidance_words.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { Trouble } from "../parts/trouble.tsx";
import type { Guidance, OpenedShopper, Suggestion, WishListItem } from "../wire.gen.ts";
import { say, sayMetres } from "../words.ts";
import { ToPhone, offerHandOff } from "./handing_off.tsx";
import { ProductFinder } from "./search.tsx";
import { answerSuggestion, isAskingWhatToStop, leave, plan, query, setItem, shownProduct, state, trouble, withdraw } from "./showing.ts";
import { StorePlan } from "./store_plan.tsx";
import { TokenSign, sayToken } from "./token_sign.tsx";
import { WishListPanel } from "./wish_list.tsx";

function directionIcon(guidance: Guidance) {
  if (guidance.kind === "all_done") return Check;
  if (guidance.kind === "arrived") return MapPin;
  if (guidance.kind === "at_checkout" && guidance.certainty !== "unknown") return ShoppingCart;
  if ((guidance.kind !== "go_to" && guidance.kind !== "to_checkout") || guidance.certainty === "unknown") return CircleHelp;
  return { ahead: ArrowUp, left: ArrowLeft, right: ArrowRight, back: Undo2, none: MapPin }[guidance.turn ?? "none"];
}

/** The one thing to do on this screen: what is next is in the basket, or is not wanted after all. */
function NextButtons({ item }: { item: WishListItem }) {
  return (
    <div class="row instruction-buttons">
      <button
        type="button"
        data-testid="skip-next"
        aria-label={say("kiosk.skip_item", { name: item.name })}
        onClick={() => void setItem(item.sku, "skipped")}
      >
        <Icon of={SkipForward} />
        {say("kiosk.skip")}
      </button>
      <button
        type="button"
        class="primary"
        data-testid="tick-next"
        aria-label={say("kiosk.tick_item", { name: item.name })}
        onClick={() => void setItem(item.sku, "picked_up")}
      >
        <Icon of={Check} />
        {say("kiosk.tick")}
      </button>
    </div>
  );
}

function NextInstruction({ guidance, isStepFree }: { guidance: Guidance; isStepFree: boolean }) {
  const { title, detail } = sayGuidance(guidance, isStepFree);
  return (
    <section class="instruction" data-testid="instruction" data-kind={guidance.kind} data-certainty={guidance.certainty}>
      <span class="instruction-sign" dir="ltr">
        <Icon of={directionIcon(guidance)} />
      </span>
      <div>
        <h1 aria-live="polite">{title}</h1>
        <p class="figures instruction-detail">{detail}</p>
        {guidance.next_item !== null && <NextButtons item={guidance.next_item} />}
      </div>
    </section>
  );
}

/** What to do, step by step, for the walk away from this screen. */
function WayInWords({ guidance }: { guidance: Guidance }) {
  const steps = sayWay(guidance);
  if (steps.length === 0) return null;
  return (
    <section class="card way" data-testid="way" aria-labelledby="way-title">
      <h2 id="way-title">{say(isToTill(guidance) ? "way.to_till" : "way.title")}</h2>
      <ol class="way-steps">
        {steps.map((step, i) => (
          <li key={i}>
            <span>{step.words}</span>
            {step.walk !== "" && <span class="quiet figures way-walk">{step.walk}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function SuggestionCard({ suggestion }: { suggestion: Suggestion }) {
  const { reason } = suggestion;
  const place = [suggestion.distance_m === null ? "" : sayMetres(suggestion.distance_m), suggestion.place?.zone ?? ""];
  return (
    <section class="card stack tight suggestion" data-testid="suggestion" aria-labelledby="suggestion-title">
      <h2 id="suggestion-title">
        {reason.is_picked_by_store ? (
          <span class="suggestion-lead is-ours">
            <Icon of={Store} />
            {say("kiosk.suggestion_ours")}
          </span>
        ) : (
          <span class="quiet suggestion-lead">{say("kiosk.suggestion")}:</span>
        )}{" "}
        <bdi>{suggestion.name}</bdi>
      </h2>
      <p data-testid="suggestion-reason" class="figures">
        {reason.is_picked_by_store
          ? say("kiosk.suggestion_picked", { because: reason.because_name })
          : say("kiosk.suggestion_reason", {
              because: reason.because_name,
              together: reason.baskets_together,
              all: reason.baskets_with_because,
            })}
      </p>
      {reason.note !== null && (
        <p class="suggestion-note" data-testid="suggestion-note">
          {say("kiosk.suggestion_note", { note: reason.note })}
        </p>
      )}
      <p class="quiet figures">
        {place
          .filter((part) => part !== "")
          .map((part, i) => (
            <>
              {i > 0 && " · "}
              <bdi>{part}</bdi>
            </>
          ))}
      </p>
      <div class="equal">
        <button type="button" data-testid="suggestion-add" onClick={() => void answerSuggestion(suggestion.sku, "add_to_list")}>
          {say("kiosk.suggestion_add")}
        </button>
        <button type="button" data-testid="suggestion-never" onClick={() => void answerSuggestion(suggestion.sku, "not_this_again")}>
          {say("kiosk.suggestion_never")}
        </button>
      </div>
    </section>
  );
}

function WhatToStop({ may_suggest }: { may_suggest: boolean }) {
  const keep = (): void => void (isAskingWhatToStop.value = false);
  return (
    <Dialog title={say("kiosk.stop_title")} onClose={keep}>
      <p>{say("kiosk.stop_detail")}</p>
      <div class="stack">
        <button type="button" data-testid="withdraw-confirm-GUIDANCE" onClick={() => void withdraw("GUIDANCE")}>
          {say("kiosk.stop_guidance")}
        </button>
        {may_suggest && (
          <button type="button" data-testid="withdraw-confirm-SUGGESTIONS" onClick={() => void withdraw("SUGGESTIONS")}>
            {say("kiosk.stop_suggestions")}
          </button>
        )}
        <button type="button" onClick={keep}>
          {say("kiosk.stop_nothing")}
        </button>
      </div>
    </Dialog>
  );
}

/** One shopper's view, between their tap and their leaving. */
export function Guiding({ shopper }: { shopper: OpenedShopper }) {
  const { guidance, wish_list, suggestion } = shopper;
  const next_sku = nextSku(guidance);
  const isSearching = query.value !== "";
  return (
    <main class={`guiding ${isSearching ? "is-searching" : ""}`}>
      <NextInstruction guidance={guidance} isStepFree={shopper.is_step_free} />
      {plan.value && state.value && (
        <StorePlan
          plan={plan.value}
          kiosk_key={state.value.kiosk_key}
          guidance={shownProduct.value ? null : guidance}
          items={wish_list.items}
          place={shownProduct.value?.place ?? null}
        />
      )}
      <div class="guiding-side">
        <Trouble words={trouble.value} />
        <ProductFinder isTitle={false} />
        {!isSearching && <WayInWords guidance={guidance} />}
        {!isSearching && suggestion && <SuggestionCard suggestion={suggestion} />}
        {!isSearching && <WishListPanel items={wish_list.items} next_sku={next_sku} order={guidance.order} tour_m={guidance.tour_m} />}
      </div>
      <footer class="row spread guiding-foot">
        <span class="row own-token" title={sayToken(shopper.token)}>
          <TokenSign token={shopper.token} />
          <span class="figures">{shopper.token.digits}</span>
        </span>
        <div class="row">
          <button type="button" class="to-phone" data-testid="to-phone" onClick={() => void offerHandOff()}>
            <Icon of={Smartphone} />
            {say("kiosk.phone")}
          </button>
          <button type="button" data-testid="withdraw" onClick={() => (isAskingWhatToStop.value = true)}>
            <Icon of={CircleStop} />
            {say("kiosk.stop")}
          </button>
          <button type="button" data-testid="done" onClick={() => void leave("done")}>
            <Icon of={LogOut} />
            {say("kiosk.done")}
          </button>
        </div>
      </footer>
      <ToPhone shopper={shopper} />
      {isAskingWhatToStop.value && <WhatToStop may_suggest={shopper.may_suggest} />}
    </main>
  );
}
