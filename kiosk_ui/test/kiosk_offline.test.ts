import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { kindOf } from "../src/kiosk/offline/kept.ts";
import { search, searchable } from "../src/kiosk/offline/kept_search.ts";
import { HUNG_AFTER_S, WAKES_EVERY_S, Watchdog } from "../src/kiosk/offline/watchdog.ts";
import { NOTHING_UNSENT, shownShopper } from "../src/kiosk/unsent.ts";
import { isBehind } from "../src/state_versions.ts";
import { asOwnWorker } from "../src/trusted_types.ts";
import type { FoundProduct, OpenedShopper, WishListItem } from "../src/wire.gen.ts";

// --- what is kept ---------------------------------------------------------------------------------------------------------------

test("nothing that may be of a shopper is the worker's business", () => {
  const anyPath = fc.oneof(fc.webPath(), fc.constantFrom("/api/kiosk/state", "/api/kiosk/taps", "/api/kiosk/wish-list/items", "/socket.io/"));
  const named = new Set(["/api/plan", "/api/kiosk/self", "/api/products"]);
  fc.assert(
    fc.property(fc.constantFrom("GET", "POST", "PUT", "DELETE"), anyPath, (method, path) => {
      const isTaken = kindOf(method, "cors", path) !== "not_ours";
      return !isTaken || (method === "GET" && (named.has(path) || path.startsWith("/assets/")));
    }),
  );
});

test("only the kiosk's own page is answered from what is kept", () => {
  assert.equal(kindOf("GET", "navigate", "/kiosk"), "page");
  assert.equal(kindOf("GET", "navigate", "/kiosk-worker.js"), "not_ours");
  assert.equal(kindOf("GET", "navigate", "/staff"), "not_ours");
});

test("of all addresses a script may come from, one is the kiosk's worker", () => {
  assert.equal(asOwnWorker("/kiosk-worker.js"), "/kiosk-worker.js");
  assert.throws(() => asOwnWorker("/kiosk-worker.js?x"));
  assert.throws(() => asOwnWorker("https://elsewhere.example/kiosk-worker.js"));
});

// --- search ---------------------------------------------------------------------------------------------------------------------

function product(sku: string, name: string, brand: string | null = null): FoundProduct {
  const known = { sku, name, category: "Food", brand, gtin: null, price_minor: null, is_sensitive: false };
  return { product: known, place: null, stock: null, stock_as_of: null };
}

const CATALOGUE = searchable([product("3", "Peas, small"), product("1", "Peas"), product("2", "Peas"), product("4", "Weißbrot", "Bäcker")]);
const skus = (query: string, limit = 20): string[] => search(CATALOGUE, query, limit).map((found) => found.product.sku);

test("a product is found by every word somewhere, the shortest first, then by its key", () => {
  assert.deepEqual(skus("peas"), ["1", "2", "3"]);
  assert.deepEqual(skus("SMALL pea"), ["3"]);
  assert.deepEqual(skus("weissbrot"), ["4"]);
  assert.deepEqual(skus("WEIßBROT bäck"), ["4"]);
  assert.deepEqual(skus("peas", 1), ["1"]);
});

test("nothing is found for no words and for unknown ones", () => {
  assert.deepEqual(skus("  "), []);
  assert.deepEqual(skus("peas caviar"), []);
});

// --- the watchdog ---------------------------------------------------------------------------------------------------------------

function watched(): { dog: Watchdog; woken: (readonly string[])[]; tick: (seconds: number) => void } {
  const woken: (readonly string[])[] = [];
  const dog = new Watchdog((windows) => woken.push(windows));
  return { dog, woken, tick: (seconds) => Array.from({ length: seconds }).forEach(() => dog.tick()) };
}

test("a window that goes on running is left alone", () => {
  const { dog, woken, tick } = watched();
  for (let beat = 0; beat < 200; beat++) {
    dog.runs("a");
    tick(HUNG_AFTER_S - 1);
  }
  assert.deepEqual(woken, []);
});

test("a window that hangs is woken once, and again a minute later if it never came back", () => {
  const { dog, woken, tick } = watched();
  dog.runs("a");
  tick(HUNG_AFTER_S);
  assert.deepEqual(woken, [["a"]]);
  tick(WAKES_EVERY_S - 1);
  assert.equal(woken.length, 1);
  tick(1);
  assert.deepEqual(woken, [["a"], []]);
});

test("one that came back and hangs again waits for the minute to pass", () => {
  const { dog, woken, tick } = watched();
  dog.runs("a");
  tick(HUNG_AFTER_S);
  dog.runs("b");
  tick(HUNG_AFTER_S);
  assert.equal(woken.length, 1);
  tick(WAKES_EVERY_S - HUNG_AFTER_S);
  assert.deepEqual(woken[1], ["b"]);
});

test("a window that rests, and one that never said anything, are not watched", () => {
  const { dog, woken, tick } = watched();
  dog.runs("a");
  dog.rests("a");
  tick(1000);
  assert.deepEqual(woken, []);
});

// --- what an opened shopper sees ------------------------------------------------------------------------------------------------

function item(sku: string, state: WishListItem["state"] = "wanted"): WishListItem {
  const place = { slot_key: sku, fixture_key: "A", zone: null, side: "E", bay: 1, shelf: 1, height: null, level: null, x_m: 1, y_m: 2 };
  return { sku, name: sku, state, place, is_sold_out: false, substitute: null };
}

const SHOPPER: OpenedShopper = {
  token: { token_id: "0".repeat(32), colour: "sky", shape: "star", digits: "07" },
  wish_list: { version: 1, items: [item("peas"), item("rice")] },
  guidance: {
    kind: "go_to",
    certainty: "sure",
    next_item: item("peas"),
    distance_m: 4,
    path: [[0, 0], [1, 2]],
    turn: "left",
    near: ["Dry goods"],
    order: ["peas", "rice"],
    shelf_side: "left",
    steps: [],
    tour_m: 9,
    level_id: "L",
    crossings: [],
  },
  suggestion: null,
  may_suggest: false,
  is_leaving: false,
  is_step_free: false,
  is_handing_off: false,
};

test("with the server there and nothing unsent, its word is shown as it is", () => {
  assert.equal(shownShopper(SHOPPER, NOTHING_UNSENT, true), SHOPPER);
});

test("without the server no position, way or turn is claimed; the place of the next item is", () => {
  const { guidance } = shownShopper(SHOPPER, NOTHING_UNSENT, false);
  assert.deepEqual([guidance.kind, guidance.certainty, guidance.path, guidance.turn, guidance.near], ["no_position", "unknown", [], null, []]);
  assert.equal(guidance.next_item?.sku, "peas");
});

test("a tick that waits is shown, and the next item is the next", () => {
  const shown = shownShopper(SHOPPER, new Map([["peas", "picked_up"]]), false);
  assert.deepEqual(shown.wish_list.items.map(({ state }) => state), ["picked_up", "wanted"]);
  assert.equal(shown.guidance.next_item?.sku, "rice");
  assert.equal(shownShopper(SHOPPER, new Map([["peas", "picked_up"], ["rice", "skipped"]]), false).guidance.kind, "all_done");
});

test("without the server what is sold out is no place to go to", () => {
  const items = SHOPPER.wish_list.items.map((item) => ({ ...item, is_sold_out: true }));
  const shown = shownShopper({ ...SHOPPER, wish_list: { ...SHOPPER.wish_list, items } }, NOTHING_UNSENT, false);
  assert.equal(shown.guidance.kind, "sold_out");
});

// --- behind or not --------------------------------------------------------------------------------------------------------------

test("a kiosk is behind a later version, and a server that counts anew; not one it has seen past", () => {
  const at = (second: number): string => new Date(Date.UTC(2026, 10, 24, 10, 0, second)).toISOString();
  assert.equal(isBehind(null, { version: 0, at: at(0) }), true);
  assert.equal(isBehind({ version: 7, at: at(5) }, { version: 8, at: at(6) }), true);
  assert.equal(isBehind({ version: 7, at: at(5) }, { version: 7, at: at(9) }), false);
  assert.equal(isBehind({ version: 8, at: at(5) }, { version: 7, at: at(4) }), false);
  assert.equal(isBehind({ version: 700, at: at(5) }, { version: 1, at: at(6) }), true);
});
