/**
 * What a kiosk keeps for the time without its server: all of it, by name. Nothing of a shopper is among it, because nothing that is
 * not named here is ever put into a cache: no state, no wish list, no token, no position.
 */

/** The page and its files, a cache for each build. */
export const FILES = "kiosk-files-";
/** What the server last said that anybody may know. */
export const ANSWERS = "kiosk-answers";

export const PAGE = "/kiosk";
/** A page of no content that leads back to the kiosk's, in another process: see `watchdog.ts` and `worker.ts`. */
export const WAKE_PAGE = "/kiosk-wake";
export const PLAN = "/api/plan";
/** The kiosk's own name and the store's. */
export const SELF = "/api/kiosk/self";
export const CATALOGUE = "/api/kiosk/catalogue";
export const PRODUCTS = "/api/products";
/** Not asked of the server: when it last confirmed what is kept. */
export const CONFIRMED = "/kiosk/confirmed-at";

/** What a page says to its worker. */
export type Said = "runs" | "rests" | "keep" | "forget" | "take_over";

export type Kind = "page" | "wake" | "file" | "answer" | "products" | "not_ours";

/** How the worker treats a request; whatever is not ours goes to the server as if there were no worker. */
export function kindOf(method: string, mode: string, path: string): Kind {
  if (method !== "GET") return "not_ours";
  if (mode === "navigate") return path === PAGE ? "page" : path === WAKE_PAGE ? "wake" : "not_ours";
  if (path.startsWith("/assets/")) return "file";
  if (path === PLAN || path === SELF) return "answer";
  return path === PRODUCTS ? "products" : "not_ours";
}
