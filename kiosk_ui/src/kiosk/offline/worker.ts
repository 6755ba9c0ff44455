/** The kiosk's service worker: keeps the page, the plan and the catalogue for when the server is away, and watches over the page. */
import type { Catalogue, FoundProducts } from "../../wire.gen.ts";
import { ANSWERS, CATALOGUE, CONFIRMED, FILES, PAGE, PLAN, SELF, type Said, WAKE_PAGE, kindOf } from "./kept.ts";
import { type Searchable, search, searchable } from "./kept_search.ts";
import { Watchdog } from "./watchdog.ts";
import type { WorkerScope } from "./worker_scope.ts";

/** Written in by the build: this build's name, and the files its page needs. */
declare const __KIOSK_BUNDLE__: { name: string; files: readonly string[] };

const scope = self as unknown as WorkerScope;
const bundle = __KIOSK_BUNDLE__;
const files = FILES + bundle.name;
/** A server that has not answered by then is treated as away; the screen must not wait with it. */
const PATIENCE_MS = 3000;
/** Longer than from one wake to the next, so that a page that hangs at once is woken again. */
const STAYS_MS = 75_000;

scope.addEventListener("install", (event) => event.waitUntil(keepFiles()));
// It does not skip waiting by itself: the page says when nobody is in the middle of something.
scope.addEventListener("activate", (event) => event.waitUntil(begin()));
scope.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer !== null) event.respondWith(answer);
});
scope.addEventListener("message", (event) => event.waitUntil(hear(event.data as Said, event.source?.id ?? "")));

async function keepFiles(): Promise<void> {
  const cache = await caches.open(files);
  const page = await fetch(PAGE, { cache: "no-store" });
  // Between the worker and the page another build may have been put on the server: then this one is not kept, the next will be.
  if (!page.ok || !(await page.clone().text()).includes(`content="${bundle.name}"`)) throw new Error("the page is of another build");
  await cache.put(PAGE, page);
  await cache.addAll(bundle.files as string[]);
}

async function begin(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(FILES) && name !== files) await caches.delete(name);
  await scope.clients.claim();
}

function answerTo(request: Request): Promise<Response> | null {
  const { pathname, searchParams } = new URL(request.url);
  switch (kindOf(request.method, request.mode, pathname)) {
    case "page":
      return keptFile(PAGE, request);
    case "file":
      return keptFile(pathname, request);
    case "wake":
      return Promise.resolve(wakePage());
    case "answer":
      return serverElseKept(request, pathname);
    case "products":
      return serverElseCatalogue(request, searchParams);
    case "not_ours":
      return null;
  }
}

async function keptFile(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(files);
  return (await cache.match(path)) ?? fetch(request);
}

/** The server's answer, or null where there was none. */
async function asked(request: Request | string, more: RequestInit = {}): Promise<Response | null> {
  try {
    const answer = await fetch(request, { ...more, signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.status >= 502 && answer.status <= 504 ? null : answer;
  } catch {
    return null;
  }
}

async function serverElseKept(request: Request, path: string): Promise<Response> {
  const answer = await asked(request);
  const cache = await caches.open(ANSWERS);
  if (answer === null) return (await cache.match(path)) ?? Response.error();
  if (answer.status === 401) await caches.delete(ANSWERS); // not a kiosk of this store any more
  else if (answer.ok) await cache.put(path, answer.clone());
  return answer;
}

// --- the catalogue --------------------------------------------------------------------------------------------------------------

let known: Promise<readonly Searchable[] | null> | null = null;

async function readCatalogue(): Promise<readonly Searchable[] | null> {
  const kept = await (await caches.open(ANSWERS)).match(CATALOGUE);
  return kept ? searchable(((await kept.json()) as Catalogue).products) : null;
}

async function serverElseCatalogue(request: Request, query: URLSearchParams): Promise<Response> {
  const answer = await asked(request);
  if (answer !== null) return answer;
  const products = await (known ??= readCatalogue());
  const confirmed = await (await caches.open(ANSWERS)).match(CONFIRMED);
  if (products === null || !confirmed) return Response.error();
  const wanted = (query.get("q") ?? "").trim().slice(0, 100);
  const found = search(products, wanted, Number(query.get("limit") ?? 20));
  return Response.json({ query: wanted, products: found, as_of: await confirmed.text() } satisfies FoundProducts);
}

/** Brings what is kept up to date. What has not changed does not travel again. */
async function keep(): Promise<void> {
  const cache = await caches.open(ANSWERS);
  for (const path of [SELF, PLAN]) if (!(await cache.match(path))) await serverElseKept(new Request(path, { cache: "no-store" }), path);
  const etag = (await cache.match(CATALOGUE))?.headers.get("etag");
  const answer = await asked(CATALOGUE, { cache: "no-store", headers: etag ? { "if-none-match": etag } : {} });
  if (answer?.ok) {
    await cache.put(CATALOGUE, answer);
    known = null;
  }
  if (answer?.ok || answer?.status === 304) await cache.put(CONFIRMED, new Response(new Date().toISOString()));
}

// --- the page -------------------------------------------------------------------------------------------------------------------

const watchdog = new Watchdog((windows) => void wake(windows));
setInterval(() => watchdog.tick(), 1000);
let mayGo = (): void => undefined;

async function hear(said: Said, window: string): Promise<void> {
  switch (said) {
    case "runs":
      watchdog.runs(window);
      mayGo();
      return stay();
    case "rests":
      watchdog.rests(window);
      return mayGo();
    case "take_over":
      return scope.skipWaiting();
    case "keep":
      return keep();
    case "forget":
      known = null;
      await caches.delete(ANSWERS);
  }
}

/** Keeps this worker awake until the page is heard of again, or has not been for long. */
function stay(): Promise<void> {
  return new Promise((done) => {
    mayGo = done;
    setTimeout(done, STAYS_MS);
  });
}

async function wake(hung: readonly string[]): Promise<void> {
  const windows = await scope.clients.matchAll({ type: "window" });
  const wanted = windows.filter(({ id }) => hung.length === 0 || hung.includes(id));
  await Promise.allSettled(wanted.map((window) => window.navigate(WAKE_PAGE)));
}

/**
 * The way out of a hung page. The kiosk's page is cross-origin isolated and so in a process of its own; this one is not, so the
 * browser must show it from another process, and the hung one is left behind. Led straight back to its own address, a hung page
 * would be asked to make room for itself, and never would.
 */
function wakePage(): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'",
    "cross-origin-opener-policy": "same-origin",
  };
  return new Response(`<!doctype html><title>Aisleway</title><meta http-equiv="refresh" content="0;url=${PAGE}">`, { headers });
}
