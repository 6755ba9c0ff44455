import { CirclePause } from "lucide";
import { Icon } from "../parts/icon.tsx";
import type { Notice, Purpose, PurposeNotice, ShopperOverview } from "../wire.gen.ts";
import { say, sayInstant } from "../words.ts";
import { changeConsent, changePause, notice, wantsPin } from "./card.ts";
import { PinForm } from "./pin_form.tsx";

const NEVER_FOR_FAMILIES: readonly Purpose[] = ["CAMPAIGNS", "PREDICTION"];

function PurposeSwitch({ words, overview }: { words: PurposeNotice; overview: ShopperOverview }) {
  const { purpose } = words;
  const state = overview.purposes.find((known) => known.purpose === purpose);
  const isGiven = state?.is_given ?? false;
  const id = `purpose-${purpose}`;
  return (
    <li class="card stack tight">
      <div class="purpose-line">
        <h2 id={id}>{say(`purpose.${purpose}`)}</h2>
        <span class="purpose-state quiet" aria-hidden="true">
          {say(isGiven ? "shopper.on" : "shopper.off")}
        </span>
        <button
          type="button"
          role="switch"
          class="switch"
          aria-checked={isGiven}
          aria-labelledby={id}
          aria-describedby={`${id}-sentence`}
          data-testid={`switch-${purpose}`}
          onClick={() => void changeConsent(purpose, !isGiven)}
        />
      </div>
      <p id={`${id}-sentence`}>{words.sentence}</p>
      {isGiven && state?.changed_at && <p class="quiet figures small">{say("shopper.since", { at: sayInstant(state.changed_at) })}</p>}
      {wantsPin.value?.kind === "purpose" && wantsPin.value.purpose === purpose && <PinForm isForList={false} />}
      <details>
        <summary>{say("shopper.more")}</summary>
        <dl class="more">
          <dt>{say("shopper.why")}</dt>
          <dd>{words.why}</dd>
          <dt>{say("shopper.data")}</dt>
          <dd>{words.data}</dd>
          <dt>{say("shopper.kept")}</dt>
          <dd>{words.kept}</dd>
        </dl>
      </details>
    </li>
  );
}

function Pause({ overview }: { overview: ShopperOverview }) {
  return (
    <section class="card stack tight">
      <div class="purpose-line">
        <h2 id="pause">
          <Icon of={CirclePause} /> {say("shopper.pause")}
        </h2>
        <span class="purpose-state quiet" aria-hidden="true">
          {say(overview.is_paused ? "shopper.on" : "shopper.off")}
        </span>
        <button
          type="button"
          role="switch"
          class="switch"
          aria-checked={overview.is_paused}
          aria-labelledby="pause"
          data-testid="switch-pause"
          onClick={() => void changePause(!overview.is_paused)}
        />
      </div>
      <p>{say("shopper.pause_detail")}</p>
    </section>
  );
}

function Promises({ notice: shown }: { notice: Notice }) {
  return (
    <section class="stack tight">
      <h2>{say("shopper.promises")}</h2>
      <ul class="promises">
        {shown.promises.map((promise) => (
          <li>{promise}</li>
        ))}
      </ul>
      <p class="quiet small">{say("shopper.controller", { controller: shown.controller })}</p>
      <p class="quiet small">{say("shopper.notice_version", { version: shown.version })}</p>
    </section>
  );
}

/** Five switches, each with one plain sentence; on and off take the same one tap. */
export function Choices({ overview }: { overview: ShopperOverview }) {
  const shown = notice.value;
  if (!shown) return <p role="status">{say("app.loading")}</p>;
  const offered = shown.purposes.filter((words) => !overview.is_family_tag || !NEVER_FOR_FAMILIES.includes(words.purpose));
  return (
    <div class="stack">
      {!overview.can_change && <p class="note">{say("shopper.card_only")}</p>}
      <ul class="stack">
        {offered.map((words) => (
          <PurposeSwitch key={words.purpose} words={words} overview={overview} />
        ))}
      </ul>
      {overview.is_family_tag && <p class="note">{say("shopper.family")}</p>}
      <Pause overview={overview} />
      <Promises notice={shown} />
    </div>
  );
}
