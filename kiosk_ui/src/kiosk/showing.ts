/** All a kiosk holds, in one place, so that one function can wipe it. Nothing of it is ever written to storage. */
import { batch, computed, signal } from "@preact/signals";
import { troubleWords } from "../parts/trouble.tsx";
import { Refused, Unreachable, askWithin } from "../requests.ts";
import type {
  AnswerVisitSuggestion,
  ChangeConsent,
  ChangeVisitItem,
  ChooseWays,
  FoundProduct,
  KioskPaired,
  KioskState,
  PublishedFloorplan,
  Purpose,
  TapToken,
  TrackMoved,
  WishState,
} from "../wire.gen.ts";
import { isFetchedNewer } from "../state_versions.ts";
import { theme } from "../theme.ts";
import { type MessageKey, chooseFirstKnown, language, say, speak } from "../words.ts";
import { NOTHING_UNSENT, type Unsent, shownShopper } from "./unsent.ts";

const CLOSED_MESSAGE_MS = 10_000;
/** Nobody stands before a screen that does nothing for longer; and a server that is not there must not hold it up. */
export const PATIENCE_MS = 4000;

export const paired = signal<KioskPaired | null | "unknown">("unknown");
/** Which kiosk this screen is; null while it is none. */
export const ownKiosk = computed(() => (paired.value === "unknown" ? null : paired.value));
export const state = signal<KioskState | null>(null);
export const track = signal<TrackMoved | null>(null);
export const plan = signal<PublishedFloorplan | null>(null);
export const hasLevels = computed(() => (plan.value?.document.features.filter((each) => each.feature_type === "level").length ?? 0) > 1);
export const isConnected = signal(true);
export const lastHeardAt = signal(new Date().toISOString());
export const query = signal("");
export const areKeysShown = signal(false);
export const shownProduct = signal<FoundProduct | null>(null);
export const isAskingWhatToStop = signal(false);
export const trouble = signal<string | null>(null);
export const closedBecause = signal<KioskState["closed_reason"]>(null);
export const leavingSince = signal<number | null>(null);
/** Rises with each question that was not answered: whether the server is there wants to be looked at. */
export const doubts = signal(0);
export const unsent = signal<Unsent>(NOTHING_UNSENT);
/** The token whose owner just left: a state that was on its way shows it no more, until the server has the leaving. */
export const leftToken = signal<string | null>(null);

export const opened = computed(() => {
  const shopper = state.value?.opened ?? null;
  return shopper && shownShopper(shopper, unsent.value, isConnected.value);
});
/** Whom a voice is for: everybody near the screen, who must hear no item of a list; or one person with a headset. */
export type Listening = "off" | "room" | "headset";
export const listening = signal<Listening>("off");
export const isAskingWhoListens = signal(false);
/** What is touched lies in the lower part of a high screen, for who sits or is small. */
export const areControlsLow = signal(false);

/** Somebody is in the middle of something here. */
export const isInUse = computed(
  () => opened.value !== null || query.value !== "" || shownProduct.value !== null || leftToken.value !== null,
);

let closedTimer: ReturnType<typeof setTimeout> | undefined;

/** Back to the screen nobody uses: memory, fields and choices of the one who was here. */
export function wipe(): void {
  batch(() => {
    track.value = null;
    query.value = "";
    areKeysShown.value = false;
    shownProduct.value = null;
    isAskingWhatToStop.value = false;
    isAskingWhoListens.value = false;
    listening.value = "off";
    areControlsLow.value = false;
    trouble.value = null;
    leavingSince.value = null;
    unsent.value = NOTHING_UNSENT;
    void speak(chooseFirstKnown(navigator.languages));
    theme.value = "auto";
  });
  localStorage.clear();
  sessionStorage.clear();
}

/** Shows what the server says there is to show. */
export function take(arrived: KioskState): void {
  const before = state.value;
  const hasLeft = leftToken.value !== null && arrived.opened?.token.token_id === leftToken.value;
  const next: KioskState = hasLeft ? { ...arrived, opened: null } : arrived;
  batch(() => {
    state.value = next;
    lastHeardAt.value = next.at;
    const changedHands = before?.opened && before.opened.token.token_id !== next.opened?.token.token_id;
    if (changedHands) wipe();
    if (changedHands && !next.opened) sayClosed(next.closed_reason);
    if (!before?.opened && next.opened) {
      sayClosed(null);
      query.value = "";
      areKeysShown.value = false;
      shownProduct.value = null;
    }
    if (!next.opened) track.value = null;
    leavingSince.value = next.opened?.is_leaving ? (leavingSince.value ?? performance.now()) : null;
  });
}

function sayClosed(reason: KioskState["closed_reason"]): void {
  clearTimeout(closedTimer);
  closedBecause.value = reason;
  if (reason) closedTimer = setTimeout(() => (closedBecause.value = null), CLOSED_MESSAGE_MS);
}

/** Clears the opened view at once, and for good: what the server may still hold of it is shown no more. */
export function close(reason: "done" | "idle"): void {
  const shown = state.value;
  if (!shown?.opened) return wipe();
  leftToken.value = shown.opened.token.token_id;
  state.value = { ...shown, opened: null };
  wipe();
  sayClosed(reason);
}

export function unpair(): void {
  wipe();
  state.value = null;
  paired.value = null;
}

/** The server knows this screen no more. */
export function isRevoked(error: unknown): boolean {
  const isSo = error instanceof Refused && error.status === 401;
  if (isSo) unpair();
  return isSo;
}

// --- asking for changes ---------------------------------------------------------------------------------------------------------

type Method = "POST" | "PUT" | "DELETE";

/** Whose list is open: what is asked for is meant for it, and for nobody who taps while it is on its way. */
const openToken = (): string | null => state.peek()?.opened?.token.token_id ?? null;

/** An answer that was overtaken by a later state says what was, maybe of somebody who has left. */
function takeAnswer(answer: KioskState): void {
  if (isFetchedNewer(state.peek(), answer)) take(answer);
}

/**
 * Asks for a change; the answer is the whole new state. Whether it was made.
 *
 * @param away what to say where the server could not be reached
 */
async function change(method: Method, path: string, message: object, away: MessageKey = "app.unreachable"): Promise<boolean> {
  try {
    takeAnswer(await askWithin<KioskState>(PATIENCE_MS, method, path, message));
    trouble.value = null;
    return true;
  } catch (error) {
    if (error instanceof Unreachable) doubts.value += 1;
    if (isRevoked(error) || !state.value?.opened) return false;
    trouble.value = error instanceof Unreachable ? say(away) : troubleWords(error);
    return false;
  }
}

export async function tap(token_id: string): Promise<void> {
  if (leftToken.value === token_id) leftToken.value = null; // its owner came back before the server had heard that they left
  await change("POST", "/api/kiosk/taps", { token_id } satisfies TapToken);
}

/** What is on the list already may be ticked without the server, too: see `unsent.ts`. Whether it was, or waits to be. */
export async function setItem(sku: string, itemState: WishState): Promise<boolean> {
  const isListed = state.value?.opened?.wish_list.items.some((item) => item.sku === sku) ?? false;
  if (!isListed) return change("PUT", "/api/kiosk/wish-list/items", { sku, state: itemState, token_id: openToken() } satisfies ChangeVisitItem);
  unsent.value = new Map(unsent.value).set(sku, itemState);
  if (isConnected.value) await sendUnsent();
  return true;
}

let isSending = false;

/** Hands over what was ticked, one after the other, so that the last word on an item is the last; the rest waits for the next connect. */
export async function sendUnsent(): Promise<void> {
  if (isSending) return;
  isSending = true;
  while (await sendNext());
  isSending = false;
}

/** Whether there may be more to send. What is sent is always the present shopper's: a wipe leaves nothing of the one before. */
async function sendNext(): Promise<boolean> {
  const [next] = unsent.value;
  if (!next || !state.value?.opened) return false;
  const [sku, itemState] = next;
  const token_id = openToken();
  try {
    const message: ChangeVisitItem = { sku, state: itemState, token_id };
    const answer = await askWithin<KioskState>(PATIENCE_MS, "PUT", "/api/kiosk/wish-list/items", message);
    batch(() => {
      if (openToken() === token_id) markSent(sku, itemState); // else what waits is another shopper's
      takeAnswer(answer);
      trouble.value = null;
    });
  } catch (error) {
    if (error instanceof Unreachable) doubts.value += 1;
    if (error instanceof Unreachable || isRevoked(error)) return false;
    if (openToken() !== token_id) return true;
    markSent(sku, itemState);
    if (state.value?.opened) trouble.value = troubleWords(error);
  }
  return true;
}

/** Unless it was ticked otherwise meanwhile. */
function markSent(sku: string, itemState: WishState): void {
  if (unsent.value.get(sku) !== itemState) return;
  const left = new Map(unsent.value);
  left.delete(sku);
  unsent.value = left;
}

/** The other first: where the second request is lost, both are on the list and nothing is forgotten. */
export async function takeInstead(missing_sku: string, instead_sku: string): Promise<void> {
  if (await setItem(instead_sku, "wanted")) await setItem(missing_sku, "skipped");
}

/** For this visit to the screen; the server forgets it with everything else. */
export const chooseWays = (is_step_free: boolean): Promise<boolean> =>
  change("PUT", "/api/kiosk/ways", { is_step_free, token_id: openToken() } satisfies ChooseWays);

export const answerSuggestion = (sku: string, answer: AnswerVisitSuggestion["answer"]): Promise<boolean> =>
  change("POST", "/api/kiosk/suggestion-answers", { sku, answer, token_id: openToken() } satisfies AnswerVisitSuggestion);

export async function withdraw(purpose: Purpose): Promise<void> {
  isAskingWhatToStop.value = false;
  const message: ChangeConsent = { purpose, event: "withdrawn", notice_sha256: null, language: language.value };
  await change("POST", "/api/kiosk/consents", message, "kiosk.not_stopped");
}

/** Clears this screen at once; the server is told, and believed later. */
export async function leave(reason: "done" | "idle"): Promise<void> {
  close(reason);
  if (leftToken.value !== null) await tellLeft();
}

/** Told again on the next connect where the server could not be reached. */
export async function tellLeft(): Promise<void> {
  try {
    const answer = await askWithin<KioskState>(PATIENCE_MS, "POST", "/api/kiosk/leave");
    leftToken.value = null;
    take(answer);
  } catch (error) {
    if (error instanceof Refused) leftToken.value = null;
    isRevoked(error);
  }
}

/** Somebody touched the screen: keeps an opened view alive on the server. */
export function tellTouched(): void {
  askWithin(PATIENCE_MS, "POST", "/api/kiosk/touches").catch(isRevoked);
}
