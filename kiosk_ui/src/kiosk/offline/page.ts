/** The page's half of being there without the server: registers the worker, says that it runs, lets a new build take over. */
import { effect, signal } from "@preact/signals";
import { isConnected, isInUse, ownKiosk } from "../showing.ts";
import { ANSWERS, CONFIRMED, PAGE, type Said } from "./kept.ts";
import worker from "./worker.ts?worker&url";

const REGISTERS_WITHIN_MS = 5000;
const RUNS_EACH_MS = 2000;
const HANDS_OVER_MS = 30_000;
const KEEPS_EACH_MS = 60_000;
const LOOKS_FOR_UPDATE_EACH_MS = 600_000;

/** A new build that is ready to take over. */
const waiting = signal<ServiceWorker | null>(null);

/** The build this page is of. */
export const bundle = document.querySelector<HTMLMetaElement>('meta[name="bundle"]')?.content ?? "unknown";

function tell(said: Said, whom: ServiceWorker | null = navigator.serviceWorker?.controller ?? null): void {
  whom?.postMessage(said);
}

/** Until then the old worker is left in peace: the browser lets a new one begin only when the old one has nothing to do. */
let handsOverUntil_ms = 0;

function sayThatItRuns(): void {
  if (document.hidden || performance.now() < handsOverUntil_ms) return; // hidden, its timers are slowed down, and nobody looks at it
  tell("runs");
}

function handOver(next: ServiceWorker): void {
  handsOverUntil_ms = performance.now() + HANDS_OVER_MS;
  tell("rests");
  tell("take_over", next);
}

/** What is kept belongs to a kiosk that this screen is no longer, or not yet. */
export function forgetKept(): void {
  tell("forget");
}

function watchUpdates(registration: ServiceWorkerRegistration): void {
  const look = (): void => void (waiting.value = registration.waiting);
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  look();
  setInterval(() => void registration.update().catch(() => undefined), LOOKS_FOR_UPDATE_EACH_MS);
  effect(() => {
    if (isConnected.value) registration.update().catch(() => undefined); // a server that comes back may have been renewed
  });
}

/** A new build takes over while nobody is in the middle of anything, and the page with it. */
function takeOverWhenFree(): void {
  effect(() => {
    if (waiting.value && !isInUse.value) handOver(waiting.value);
  });
  const isRenewed = signal(false);
  let hadWorker = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    isRenewed.value = hadWorker; // the first worker ever brings nothing that this page does not have
    hadWorker = true;
    handsOverUntil_ms = 0;
    sayThatItRuns();
    tell("keep");
  });
  effect(() => {
    if (isRenewed.value && !isInUse.value) location.reload();
  });
}

/** A browser keeps workers only for pages that came over TLS, or from this machine. Without one the kiosk works while its server does. */
export function liveOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  takeOverWhenFree();
  const register = (): void =>
    void navigator.serviceWorker.register(worker, { scope: PAGE, updateViaCache: "none" }).then(watchUpdates, () => undefined);
  requestIdleCallback(register, { timeout: REGISTERS_WITHIN_MS }); // the first screen comes first
  sayThatItRuns();
  setInterval(sayThatItRuns, RUNS_EACH_MS);
  document.addEventListener("visibilitychange", () => document.hidden && tell("rests"));
  addEventListener("pagehide", () => tell("rests"));
  effect(() => {
    if (ownKiosk.value && isConnected.value) tell("keep");
  });
  setInterval(() => ownKiosk.peek() && tell("keep"), KEEPS_EACH_MS);
}

/** When the server last confirmed what is kept; null where nothing is. */
export async function confirmedAt(): Promise<string | null> {
  const kept = "caches" in globalThis ? await (await caches.open(ANSWERS)).match(CONFIRMED) : undefined;
  return kept ? kept.text() : null;
}
