/**
 * A card held before the kiosk's reader, which types like a keyboard. What it reads is a secret: it goes to the server in one
 * request and nowhere else, neither onto the screen nor into a field, where it would be searched for.
 */
import { signal } from "@preact/signals";
import { Refused, Unreachable, askWithin } from "../requests.ts";
import type { KioskState, ReadCard } from "../wire.gen.ts";
import { type MessageKey, say } from "../words.ts";
import { CardReader } from "./card_reader.ts";
import { PATIENCE_MS, doubts, isRevoked, leftToken, opened, ownKiosk, query, take } from "./showing.ts";

const SHOWN_MS = 10_000;
/** A reader that repeats itself asks no more often than this. */
const REST_MS = 1000;

/** Why the last card opened nothing; null where that is long past. */
export const cardWords = signal<string | null>(null);

let isAsking = false;
let asksAgainAt = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;

function tell(key: MessageKey | null): void {
  clearTimeout(timer);
  cardWords.value = key && say(key);
  if (key) timer = setTimeout(() => (cardWords.value = null), SHOWN_MS);
}

function whyNot(error: unknown): MessageKey {
  if (error instanceof Unreachable) return "app.unreachable";
  return error instanceof Refused && error.status === 429 ? "kiosk.card_wait" : "kiosk.card_refused";
}

async function open(card_secret: string): Promise<void> {
  if (isAsking || opened.peek() !== null || performance.now() < asksAgainAt) return;
  isAsking = true;
  try {
    const state = await askWithin<KioskState>(PATIENCE_MS, "POST", "/api/kiosk/cards", { card_secret } satisfies ReadCard);
    if (state.opened?.token.token_id === leftToken.value) leftToken.value = null; // as with a tap: they came back
    take(state);
    tell(null);
  } catch (error) {
    if (error instanceof Unreachable) doubts.value += 1;
    if (!isRevoked(error)) tell(whyNot(error));
    asksAgainAt = performance.now() + REST_MS;
  } finally {
    isAsking = false;
  }
}

const isField = (target: EventTarget | null): boolean => target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

/** Listens before anything on the page does. */
export function readCards(): void {
  const reader = new CardReader();
  let typedBefore = "";
  const hear = (event: KeyboardEvent): void => {
    if (ownKiosk.peek() === null) return;
    reader.pauseUntil(event.timeStamp);
    if (reader.isAtStart) typedBefore = query.peek();
    const secret = reader.hear(event.key, event.timeStamp, event.ctrlKey || event.altKey || event.metaKey || event.repeat);
    if (!reader.isBurst && secret === null) return;
    event.preventDefault(); // neither into the field nor, with Enter, onto the button that has the focus
    event.stopPropagation();
    if (isField(event.target)) query.value = typedBefore;
    const isTypedIn = isField(event.target) && typedBefore !== "";
    if (secret !== null && !isTypedIn) void open(secret);
  };
  addEventListener("keydown", hear, { capture: true });
}
