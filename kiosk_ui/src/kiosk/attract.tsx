import { IdCard } from "lucide";
import { Icon } from "../parts/icon.tsx";
import { say } from "../words.ts";
import { cardWords } from "./reading_cards.ts";
import { ProductFinder } from "./search.tsx";
import { isConnected, ownKiosk, plan, query, shownProduct, state, tap } from "./showing.ts";
import { StorePlan } from "./store_plan.tsx";
import { TokenSign, sayToken } from "./token_sign.tsx";

function Tokens() {
  const tokens = (isConnected.value && state.value?.tokens) || []; // without the server none could be opened
  return (
    <div role="status">
      {tokens.length > 0 && (
        <section class="card stack tight tokens">
          <h2>{say("kiosk.token_title", { count: tokens.length })}</h2>
          <ul class="token-list">
            {tokens.map((token) => (
              <li key={token.token_id}>
                <button
                  type="button"
                  class="token"
                  data-testid={`token-${token.digits}`}
                  aria-label={sayToken(token)}
                  onClick={() => void tap(token.token_id)}
                >
                  <TokenSign token={token} />
                  <span class="figures">{token.digits}</span>
                </button>
              </li>
            ))}
          </ul>
          <p class="quiet">{say("kiosk.token_detail")}</p>
        </section>
      )}
    </div>
  );
}

/** Nobody's list is open: the plan, the search, and the signs of those near enough to tap. */
export function Attract() {
  const isQuiet = query.value === "" && (state.value?.tokens.length ?? 0) === 0;
  return (
    <main class={`attract ${isQuiet ? "is-quiet" : ""}`} data-testid="attract">
      <div class="attract-side">
        <div role="status">
          {cardWords.value && (
            <p class="note" data-testid="card-words">
              <Icon of={IdCard} />
              {cardWords.value}
            </p>
          )}
        </div>
        <Tokens />
        <ProductFinder isTitle={true} />
      </div>
      {plan.value && ownKiosk.value && (
        <StorePlan
          plan={plan.value}
          kiosk_key={ownKiosk.value.kiosk_key}
          guidance={null}
          items={NOTHING}
          place={shownProduct.value?.place ?? null}
        />
      )}
    </main>
  );
}

const NOTHING = [] as const;
