/** Keys on the screen, for kiosks that have none of their own. Letters follow the chosen language. */
import { Delete, Keyboard } from "lucide";
import { Icon } from "../parts/icon.tsx";
import { language, say } from "../words.ts";
import { areKeysShown, query } from "./showing.ts";

const LETTERS: Record<string, readonly string[]> = {
  en: ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"],
  de: ["1234567890", "qwertzuiopü", "asdfghjklöä", "yxcvbnmß"],
};

export function KeysButton() {
  return (
    <button
      type="button"
      class="plain"
      aria-expanded={areKeysShown.value}
      aria-label={say(areKeysShown.value ? "kiosk.hide_keys" : "kiosk.show_keys")}
      onClick={() => (areKeysShown.value = !areKeysShown.value)}
    >
      <Icon of={Keyboard} />
    </button>
  );
}

function type(letter: string): void {
  query.value = (query.value + letter).slice(0, 100);
}

export function Keys() {
  if (!areKeysShown.value) return null;
  return (
    <div class="keys" dir="ltr">
      {(LETTERS[language.value] ?? LETTERS["en"] ?? []).map((row) => (
        <div class="keys-row">
          {[...row].map((letter) => (
            <button type="button" onClick={() => type(letter)}>
              {letter}
            </button>
          ))}
        </div>
      ))}
      <div class="keys-row">
        <button type="button" class="key-space" onClick={() => type(" ")}>
          {say("kiosk.space")}
        </button>
        <button type="button" aria-label={say("kiosk.erase_letter")} onClick={() => (query.value = query.value.slice(0, -1))}>
          <Icon of={Delete} />
        </button>
      </div>
    </div>
  );
}
