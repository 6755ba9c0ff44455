import { useEffect, useRef, useState } from "preact/hooks";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import { say } from "../words.ts";
import { isSecretKnown, openCard, trouble, wantsPin } from "./card.ts";

/** Asked in place, where something needs it: one field, and the card's code only after a reload, when this page forgot it. */
export function PinForm({ isForList }: { isForList: boolean }) {
  const field = useRef<HTMLInputElement>(null);
  const [pin, setPin] = useState("");
  const [secret, setSecret] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => field.current?.focus(), []);
  const send = async (): Promise<void> => {
    const wanted = wantsPin.value;
    try {
      await openCard(secret.trim() === "" ? null : secret.trim(), pin);
      await wanted?.then();
      wantsPin.value = null;
    } catch (error) {
      setPin("");
      setWrong(troubleWords(error));
    }
  };
  return (
    <form
      class="stack tight pin-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <p>{say(isForList ? "shopper.pin_why_list" : "shopper.pin_why")}</p>
      {!isSecretKnown.value && (
        <label>
          {say("shopper.card_code")}
          <input required dir="ltr" autoComplete="off" spellcheck={false} value={secret} onInput={(event) => setSecret(event.currentTarget.value)} />
        </label>
      )}
      <label>
        {say("shopper.pin")}
        <input
          ref={field}
          data-testid="pin"
          type="password"
          dir="ltr"
          inputMode="numeric"
          pattern="[0-9]{6}"
          maxLength={6}
          required
          autoComplete="one-time-code"
          value={pin}
          onInput={(event) => setPin(event.currentTarget.value)}
        />
      </label>
      <div class="row">
        <button type="submit" data-testid="pin-send" class="primary">
          {say("shopper.pin_button")}
        </button>
        <button
          type="button"
          onClick={() => {
            wantsPin.value = null;
            trouble.value = null;
          }}
        >
          {say("app.cancel")}
        </button>
      </div>
      <Trouble words={wrong} />
    </form>
  );
}
