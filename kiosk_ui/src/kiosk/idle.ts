/** 45 seconds without a touch clear the screen; the last ten are a warning with one touch to stay. */
import { signal } from "@preact/signals";
import { theme } from "../theme.ts";
import { chooseFirstKnown, language } from "../words.ts";
import { areControlsLow, leave, opened, query, shownProduct, tellTouched, wipe } from "./showing.ts";

const CLEARS_AFTER_S = 45;
const WARNS_BEFORE_S = 10;
const TELLS_EACH_MS = 5000;

/** Seconds until the screen clears, while it is warned; null otherwise. */
export const clearsIn = signal<number | null>(null);

let touchedAt = performance.now();
let wasEverTouched = false;
let toldAt = -Infinity;

/** Counts as a touch whatever a person does at this screen. */
export function touched(): void {
  touchedAt = performance.now();
  wasEverTouched = true;
  clearsIn.value = null;
  tellOfTouches();
}

/** The server counts too, and must not clear a list before this screen does: it hears of the last touch, if a little late. */
function tellOfTouches(): void {
  const now = performance.now();
  if (!opened.peek() || touchedAt <= toldAt || now - toldAt < TELLS_EACH_MS) return;
  toldAt = now;
  tellTouched();
}

/** Since the last touch; null where nobody touched this screen since it was loaded. */
export function untouchedSeconds(): number | null {
  return wasEverTouched ? (performance.now() - touchedAt) / 1000 : null;
}

/** Somebody who opened nothing left something behind: a search, a language, colours, a screen brought down. */
function isChanged(): boolean {
  const isSearching = query.peek() !== "" || shownProduct.peek() !== null;
  const isOtherwise = language.peek() !== chooseFirstKnown(navigator.languages) || theme.peek() !== "auto";
  return isSearching || isOtherwise || areControlsLow.peek();
}

function look(): void {
  const left_s = Math.ceil(CLEARS_AFTER_S - (performance.now() - touchedAt) / 1000);
  if (!opened.peek()) {
    clearsIn.value = null;
    if (left_s <= 0 && isChanged()) wipe();
    return;
  }
  tellOfTouches();
  clearsIn.value = left_s <= WARNS_BEFORE_S ? Math.max(0, left_s) : null;
  if (left_s <= 0) {
    touchedAt = performance.now();
    void leave("idle");
  }
}

export function watchTouches(): void {
  const options = { capture: true, passive: true };
  for (const kind of ["click", "keyup", "wheel"]) addEventListener(kind, touched, options);
  // While warned only the finished tap or key counts: taking the warning away under a finger would pass it to what lies below.
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => clearsIn.peek() === null && touched(), options);
  let wasOpened = false;
  opened.subscribe((now) => {
    if (now && !wasOpened) touchedAt = performance.now();
    wasOpened = now !== null;
  });
  setInterval(look, 500);
}
