/** The kiosk's link to its server: the socket, a heartbeat beside it, and what is fetched anew when either says so. */
import { effect } from "@preact/signals";
import { listen } from "../connection.ts";
import { Refused, ask, askWithin } from "../requests.ts";
import { isBehind, isFetchedNewer, judgePushed } from "../state_versions.ts";
import type { KioskHeartbeat, KioskPaired, KioskPulse, KioskState, PairKiosk, PublishedFloorplan } from "../wire.gen.ts";
import { fetchCall, takeCall } from "./calling.ts";
import { untouchedSeconds } from "./idle.ts";
import { bundle, confirmedAt, forgetKept } from "./offline/page.ts";
import {
  close,
  doubts,
  isConnected,
  isRevoked,
  lastHeardAt,
  leftToken,
  opened,
  ownKiosk,
  paired,
  plan,
  sendUnsent,
  state,
  take,
  tellLeft,
  track,
} from "./showing.ts";

const OFFLINE_CLEARS_AFTER_MS = 15_000; // the server can no longer tell us that its shopper left or withdrew
const BEATS_EACH_MS = 5000;
const BEATS_OFFLINE_EACH_MS = 2000;
const PATIENCE_MS = 4000;
/** One answer that takes long is a busy server; while the socket is open, only the next one that does not come counts. */
const MISSES_ALLOWED = 2;

let offlineTimer: ReturnType<typeof setTimeout> | undefined;
let isFetchingState = false;
let isFetchingPlan = false;
/** A socket can seem open long after its other end is gone; a question that is not answered tells sooner. */
let isSocketOpen = false;
let isAnswered = true;
let misses = 0;

async function fetchPlan(): Promise<void> {
  if (isFetchingPlan) return;
  isFetchingPlan = true;
  plan.value = await ask<PublishedFloorplan>("GET", "/api/plan").catch(() => plan.value);
  isFetchingPlan = false;
}

function fetchPlanUnlessItIs(version: number): void {
  if (version !== plan.value?.version && version !== 0) void fetchPlan();
}

function show(arrived: KioskState): void {
  take(arrived);
  fetchPlanUnlessItIs(arrived.plan_version);
}

/** `isAnew`: after a reconnect the server's answer counts, whatever was shown: it may be another server. */
async function fetchState(isAnew: boolean): Promise<void> {
  isFetchingState = true;
  try {
    const fetched = await askWithin<KioskState>(PATIENCE_MS, "GET", "/api/kiosk/state");
    if (isAnew || isFetchedNewer(state.value, fetched)) show(fetched);
  } catch (error) {
    if (!isRevoked(error) && plan.value === null) void fetchPlan(); // the kept one, where there is one
  } finally {
    isFetchingState = false;
  }
}

async function caughtUp(): Promise<void> {
  if (leftToken.value !== null) await tellLeft();
  await fetchState(true);
  await sendUnsent();
  await fetchCall();
}

function heard(): void {
  if (!isSocketOpen || !isAnswered) return;
  clearTimeout(offlineTimer);
  offlineTimer = undefined;
  isConnected.value = true;
  void caughtUp();
}

function lost(): void {
  isConnected.value = false;
  track.value = null;
  void fetchState(false); // a kiosk that was revoked learns it here; one whose socket alone is down goes on by asking
  offlineTimer ??= setTimeout(() => state.value?.opened && close("idle"), OFFLINE_CLEARS_AFTER_MS);
}

function screenShown(): KioskHeartbeat["screen"] {
  if (!isConnected.value) return "offline";
  if (opened.value) return "opened";
  return (state.value?.tokens.length ?? 0) > 0 ? "token_shown" : "attract";
}

let nextBeat: ReturnType<typeof setTimeout> | undefined;

/** Beats now and from now on. */
async function beatOn(): Promise<void> {
  clearTimeout(nextBeat);
  await beat();
  clearTimeout(nextBeat);
  if (!ownKiosk.peek()) return;
  const wait_ms = misses === 1 ? 0 : isConnected.peek() ? BEATS_EACH_MS : BEATS_OFFLINE_EACH_MS;
  nextBeat = setTimeout(() => void beatOn(), wait_ms);
}

/** Says how the screen does, and learns from the answer whether a message was missed. */
async function beat(): Promise<void> {
  const message: KioskHeartbeat = { bundle, screen: screenShown(), untouched_s: untouchedSeconds() };
  try {
    const pulse = await askWithin<KioskPulse>(PATIENCE_MS, "POST", "/api/kiosk/heartbeats", message);
    const wasAnswered = isAnswered;
    isAnswered = true;
    misses = 0;
    if (!wasAnswered) heard();
    else if (isBehind(state.value, pulse) && !isFetchingState) void fetchState(false);
    fetchPlanUnlessItIs(pulse.plan_version);
    if (isConnected.value) lastHeardAt.value = pulse.at;
  } catch (error) {
    if (isRevoked(error) || error instanceof Refused) return;
    misses += 1;
    if (isSocketOpen && misses < MISSES_ALLOWED) return;
    isAnswered = false;
    lost();
  }
}

export async function pair(code: string): Promise<void> {
  const answer = await ask<KioskPaired>("POST", "/api/kiosk/pairings", { code } satisfies PairKiosk);
  forgetKept();
  paired.value = answer;
}

/** Finds out whether this screen is paired already, asking again while the server is not up and nothing is kept of it. */
export async function begin(): Promise<void> {
  void confirmedAt().then((at) => at && state.peek() === null && (lastHeardAt.value = at));
  void fetchPlan(); // what everybody may see need not wait for who this is
  try {
    paired.value = await ask<KioskPaired>("GET", "/api/kiosk/self");
  } catch (error) {
    if (error instanceof Refused) paired.value = null;
    else setTimeout(() => void begin(), 2000);
  }
}

/** Opens the socket while this kiosk is paired, closes it when it is not. */
export function keepConnected(): void {
  let end: (() => void) | null = null;
  effect(() => {
    if (ownKiosk.value && end === null) {
      void fetchState(true); // at once: the socket may take a moment
      const hangUp = listen("kiosk", {
        connected() {
          isSocketOpen = true;
          heard();
        },
        disconnected() {
          isSocketOpen = false;
          lost();
        },
        kiosk_state(pushed) {
          const arrival = judgePushed(state.peek(), pushed);
          if (arrival !== "ignore") show(pushed);
          if (arrival === "take_and_fetch" && !isFetchingState) void fetchState(false);
        },
        kiosk_call: takeCall,
        track_moved(moved) {
          if (state.peek()?.opened) track.value = moved;
        },
      });
      end = () => {
        hangUp();
        clearTimeout(nextBeat);
      };
    }
    if (!ownKiosk.value && end !== null) {
      end();
      end = null;
      forgetKept();
    }
  });
  effect(() => {
    // Outside of this effect: it must not run again with each signal that a beat reads.
    if (ownKiosk.value && doubts.value >= 0) queueMicrotask(() => void beatOn());
  });
  addEventListener("online", () => (doubts.value += 1));
  addEventListener("offline", () => (doubts.value += 1));
}
