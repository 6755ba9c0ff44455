/** All a kiosk holds, in one place, so that one function can wipe it. Nothing of it is ever written to storage. */
import { batch, computed, effect, signal } from "@preact/signals";
import { listen } from "../connection.ts";
import { troubleWords } from "../parts/trouble.tsx";
import { Refused, ask } from "../requests.ts";
import { isFetchedNewer, judgePushed } from "../state_versions.ts";
import type {
  AnswerSuggestion,
  ChangeConsent,
  ChangeWishListItem,
  FoundProduct,
  KioskPaired,
  KioskState,
  PairKiosk,
  PublishedFloorplan,
  Purpose,
  TapToken,
  TrackMoved,
  WishState,
} from "../wire.gen.ts";
import { theme } from "../theme.ts";
import { chooseFirstKnown, language } from "../words.ts";

const CLOSED_MESSAGE_MS = 10_000;
const OFFLINE_CLEARS_AFTER_MS = 15_000; // the server can no longer tell us that its shopper left or withdrew

export const paired = signal<KioskPaired | null | "unknown">("unknown");
export const state = signal<KioskState | null>(null);
export const track = signal<TrackMoved | null>(null);
export const plan = signal<PublishedFloorplan | null>(null);
export const isConnected = signal(true);
export const lastHeardAt = signal(new Date().toISOString());
export const query = signal("");
export const areKeysShown = signal(false);
export const shownProduct = signal<FoundProduct | null>(null);
export const isAskingWhatToStop = signal(false);
export const trouble = signal<string | null>(null);
export const closedBecause = signal<KioskState["closed_reason"]>(null);
export const opened = computed(() => state.value?.opened ?? null);
export const leavingSince = signal<number | null>(null);

let closedTimer: ReturnType<typeof setTimeout> | undefined;
let offlineTimer: ReturnType<typeof setTimeout> | undefined;
let plannedVersion = -1;
let isFetchingState = false;
/** The token whose owner just left: a state that was on its way shows it no more, until the server has the leaving. */
let leftToken: string | null = null;

/** Back to the screen nobody uses: memory, fields and choices of the one who was here. */
export function wipe(): void {
  batch(() => {
    track.value = null;
    query.value = "";
    areKeysShown.value = false;
    shownProduct.value = null;
    isAskingWhatToStop.value = false;
    trouble.value = null;
    leavingSince.value = null;
    language.value = chooseFirstKnown(navigator.languages);
    theme.value = "auto";
  });
  localStorage.clear();
  sessionStorage.clear();
}

function take(arrived: KioskState): void {
  const before = state.value;
  const hasLeft = leftToken !== null && arrived.opened?.token.token_id === leftToken;
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
      shownProduct.value = null;
    }
    if (!next.opened) track.value = null;
    leavingSince.value = next.opened?.is_leaving ? (leavingSince.value ?? performance.now()) : null;
  });
  if (next.plan_version !== plan.value?.version && next.plan_version !== plannedVersion) {
    plannedVersion = next.plan_version;
    void fetchPlan();
  }
}

function sayClosed(reason: KioskState["closed_reason"]): void {
  clearTimeout(closedTimer);
  closedBecause.value = reason;
  if (reason) closedTimer = setTimeout(() => (closedBecause.value = null), CLOSED_MESSAGE_MS);
}

async function fetchPlan(): Promise<void> {
  plan.value = await ask<PublishedFloorplan>("GET", "/api/plan").catch(() => plan.value);
}

/** `isAnew`: after a reconnect the server's answer counts, whatever was shown: it may be another server. */
async function fetchState(isAnew: boolean): Promise<void> {
  try {
    const fetched = await ask<KioskState>("GET", "/api/kiosk/state");
    if (isAnew || isFetchedNewer(state.value, fetched)) take(fetched);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) unpair();
  }
}

function unpair(): void {
  wipe();
  state.value = null;
  paired.value = null;
}

/** Asks for a change; the answer is the whole new state. */
async function change(method: "POST" | "PUT" | "DELETE", path: string, message: object = {}): Promise<void> {
  try {
    take(await ask<KioskState>(method, path, message));
    trouble.value = null;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) unpair();
    else if (state.value?.opened) trouble.value = troubleWords(error);
  }
}

export const tap = (token_id: string): Promise<void> => change("POST", "/api/kiosk/taps", { token_id } satisfies TapToken);

export const setItem = (sku: string, itemState: WishState): Promise<void> =>
  change("PUT", "/api/kiosk/wish-list/items", { sku, state: itemState } satisfies ChangeWishListItem);

/** The other first: where the second request is lost, both are on the list and nothing is forgotten. */
export async function takeInstead(missing_sku: string, instead_sku: string): Promise<void> {
  await setItem(instead_sku, "wanted");
  await setItem(missing_sku, "skipped");
}

export const answerSuggestion = (sku: string, answer: AnswerSuggestion["answer"]): Promise<void> =>
  change("POST", "/api/kiosk/suggestion-answers", { sku, answer } satisfies AnswerSuggestion);

export async function withdraw(purpose: Purpose): Promise<void> {
  isAskingWhatToStop.value = false;
  const message: ChangeConsent = { purpose, event: "withdrawn", notice_sha256: null, language: language.value };
  await change("POST", "/api/kiosk/consents", message);
}

/** Clears this screen at once; the server is told, and believed later. */
export async function leave(reason: "done" | "idle"): Promise<void> {
  const shown = state.value;
  if (!shown?.opened) return wipe();
  leftToken = shown.opened.token.token_id;
  state.value = { ...shown, opened: null };
  wipe();
  sayClosed(reason);
  await tellLeft();
}

/** Told again on the next connect where the server could not be reached. */
async function tellLeft(): Promise<void> {
  try {
    const answer = await ask<KioskState>("POST", "/api/kiosk/leave");
    leftToken = null;
    take(answer);
  } catch (error) {
    if (error instanceof Refused) leftToken = null;
    if (error instanceof Refused && error.status === 401) unpair();
  }
}

/** Somebody touched the screen: keeps an opened view alive on the server. */
export function tellTouched(): void {
  ask("POST", "/api/kiosk/touches").catch((error: unknown) => {
    if (error instanceof Refused && error.status === 401) unpair();
  });
}

export async function pair(code: string): Promise<void> {
  paired.value = await ask<KioskPaired>("POST", "/api/kiosk/pairings", { code } satisfies PairKiosk);
}

/** Finds out whether this screen is paired already, asking again while the server is not up. */
export async function begin(): Promise<void> {
  try {
    paired.value = await ask<KioskPaired>("GET", "/api/kiosk/self");
  } catch (error) {
    if (error instanceof Refused) paired.value = null;
    else setTimeout(() => void begin(), 2000);
  }
}

function heard(): void {
  clearTimeout(offlineTimer);
  offlineTimer = undefined;
  isConnected.value = true;
  if (leftToken !== null) void tellLeft();
  isFetchingState = true;
  void fetchState(true).finally(() => (isFetchingState = false));
}

function lost(): void {
  isConnected.value = false;
  void fetchState(false); // a kiosk that was revoked learns it here; one whose socket alone is down goes on by asking
  offlineTimer ??= setTimeout(() => {
    if (!state.value?.opened) return;
    state.value = { ...state.value, opened: null };
    wipe();
    sayClosed("idle");
  }, OFFLINE_CLEARS_AFTER_MS);
}

/** Opens the socket while this kiosk is paired, closes it when it is not. */
export function keepConnected(): void {
  let close: (() => void) | null = null;
  effect(() => {
    const isPaired = paired.value !== null && paired.value !== "unknown";
    if (isPaired && close === null) {
      void fetchState(true); // at once: the socket may take a moment
      close = listen("kiosk", {
        connected: heard,
        disconnected: lost,
        kiosk_state(pushed) {
          const arrival = judgePushed(state.peek(), pushed);
          if (arrival !== "ignore") take(pushed);
          if (arrival === "take_and_fetch" && !isFetchingState) void fetchState(false);
        },
        track_moved(moved) {
          if (state.peek()?.opened) track.value = moved;
        },
      });
    }
    if (!isPaired && close !== null) {
      close();
      close = null;
    }
  });
}
