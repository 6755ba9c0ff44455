import { useState } from "preact/hooks";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import { say } from "../words.ts";
import { openCard, trouble, wasClosed } from "./card.ts";
import { wasVisit } from "./visit.ts";

/** Nobody's card is open: how to open one, by the phone's camera or by hand. */
export function Scan() {
  const [secret, setSecret] = useState("");
  const [pin, setPin] = useState("");
  const send = (): void => {
    openCard(secret.trim(), pin === "" ? null : pin).then(
      () => (trouble.value = null),
      (error: unknown) => (trouble.value = troubleWords(error)),
    );
  };
  return (
    <main class="page narrow stack">
      {(wasClosed.value || wasVisit.value) && (
        <p class="note good" role="status">
          {say(wasVisit.value ? "visit.ended" : "shopper.closed")}
        </p>
      )}
      <h1>{say("shopper.scan")}</h1>
      <p>{say("shopper.scan_detail")}</p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label>
          {say("shopper.card_code")}
          <input
            data-testid="card-code"
            dir="ltr"
            required
            autoComplete="off"
            autoCapitalize="off"
            spellcheck={false}
            value={secret}
            onInput={(event) => setSecret(event.currentTarget.value)}
          />
        </label>
        <label>
          {say("shopper.pin_optional")}
          <input
            data-testid="pin"
            type="password"
            dir="ltr"
            inputMode="numeric"
            pattern="[0-9]{6}"
            maxLength={6}
            autoComplete="off"
            value={pin}
            onInput={(event) => setPin(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" data-testid="open-card">
          {say("shopper.open")}
        </button>
      </form>
      <Trouble words={trouble.value} />
    </main>
  );
}
