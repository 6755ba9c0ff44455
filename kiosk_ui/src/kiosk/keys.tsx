/** Keys on the screen, for kiosks that have none of their own. Letters follow the chosen language. */
import { Delete, Keyboard } from "lucide";
import { useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { language, say } from "../words.ts";
import { areKeysShown, query } from "./showing.ts";

const DIGITS = "1234567890";
const LATIN = [DIGITS, "qwertyuiop", "asdfghjkl", "zxcvbnm"];
/** As on keyboards sold where the language is spoken. Chinese is typed on Latin keys: products are written as the store writes them. */
const LETTERS: Record<string, readonly string[]> = {
  de: [DIGITS, "qwertzuiopü", "asdfghjklöä", "yxcvbnmß"],
  fr: [DIGITS, "azertyuiop", "qsdfghjklm", "wxcvbnéèêàçù"],
  es: [DIGITS, "qwertyuiop", "asdfghjklñ", "zxcvbnmáéíóúü"],
  ar: [DIGITS, "ضصثقفغعهخحجد", "شسيبلاتنمكطذ", "ئءؤرىةوزظأإآ"],
};
export function KeysButton() {
  return (
    <button
      type="button"
      class="plain keys-button"
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

function KeyRows() {
  const [isLatin, setLatin] = useState(false);
  const own = LETTERS[language.value] ?? LATIN;
  return (
    <div class="keys" dir="ltr">
      {(isLatin ? LATIN : own).map((row) => (
        <div class="keys-row">
          {[...row].map((letter) => (
            <button type="button" onClick={() => type(letter)}>
              {letter}
            </button>
          ))}
        </div>
      ))}
      <div class="keys-row">
        {language.value === "ar" && (
          // Most products' names are in Latin letters all the same.
          <button type="button" data-testid="alphabet" onClick={() => setLatin(!isLatin)}>
            {isLatin ? "أبت" : "abc"}
          </button>
        )}
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

export function Keys() {
  return areKeysShown.value ? <KeyRows key={language.value} /> : null;
}
