import { useEffect, useState } from "preact/hooks";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import { LanguageRow } from "../parts/choices.tsx";
import { say } from "../words.ts";
import { begin, pair } from "./link.ts";

/** An unpaired screen shows nothing but how to pair it. */
export function Pairing({ code }: { code: string | null }) {
  const [typed, setTyped] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const send = (wanted: string): void => {
    setTrouble(null);
    pair(wanted.trim()).catch((error: unknown) => {
      setTrouble(troubleWords(error));
      void begin(); // an old link opened again on a screen that is paired: go on with that
    });
  };
  useEffect(() => {
    if (code) send(code);
  }, [code]);
  return (
    <main class="narrow page stack pairing">
      <h1>{say("kiosk.pair_title")}</h1>
      <p>{say("kiosk.pair_detail")}</p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          send(typed);
        }}
      >
        <label>
          {say("kiosk.pair_code")}
          <input
            data-testid="pair-code"
            dir="ltr"
            autoComplete="off"
            required
            minLength={8}
            maxLength={64}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" data-testid="pair">
          {say("kiosk.pair_button")}
        </button>
      </form>
      <Trouble words={trouble} />
      <LanguageRow />
    </main>
  );
}
