import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sayGuidance, sayPlace, sayWay } from "../src/guidance_words.ts";
import type { Guidance, ShelfPlace } from "../src/wire.gen.ts";
import { speak } from "../src/words.ts";

const place: ShelfPlace = {
  slot_key: "G001-W-02-1",
  fixture_key: "G001",
  zone: "Dairy",
  side: "W",
  bay: 2,
  shelf: 1,
  x_m: 5.5,
  y_m: 12,
  height: null,
  level: null,
};

function guidance(facts: Partial<Guidance>): Guidance {
  return {
    kind: "go_to",
    certainty: "sure",
    next_item: { sku: "A1", name: "Oat milk", state: "wanted", place, is_sold_out: false, substitute: null },
    distance_m: 12.4,
    path: [],
    turn: "left",
    near: [],
    steps: [],
    shelf_side: null,
    order: [],
    tour_m: null,
    level_id: null,
    crossings: [],
    ...facts,
  };
}

beforeEach(async () => {
  await speak("en");
});

test("a sure position gives the turn and a plain distance", () => {
  const said = sayGuidance(guidance({ distance_m: 7.4 }));
  assert.equal(said.title, "Go left to Oat milk");
  assert.match(said.detail, /^7 m · Dairy/);
});

test("a position that is only near is never worded as sure", () => {
  const said = sayGuidance(guidance({ certainty: "near" }));
  assert.equal(said.title, "Head left, towards Oat milk");
  assert.match(said.detail, /^about 10 m/);
});

test("a position that is not known gives no direction and no distance, but still the shelf", () => {
  for (const kind of ["go_to", "arrived", "no_position"] as const) {
    const said = sayGuidance(guidance({ kind, certainty: "unknown" }));
    assert.equal(said.title, "We can't see you just now");
    assert.doesNotMatch(said.title + said.detail, /left|about|\d m\b/);
    assert.match(said.detail, /G001/);
  }
});

test("this shelf is said only when the position is sure", () => {
  assert.equal(sayGuidance(guidance({ kind: "arrived" })).title, "Oat milk: this shelf");
  assert.equal(sayGuidance(guidance({ kind: "arrived", certainty: "near" })).title, "Oat milk is near you");
});

test("a path without a first turn says to follow the line", () => {
  assert.equal(sayGuidance(guidance({ turn: null })).title, "Follow the line to Oat milk");
});

test("without a way the place is told and people are asked to ask", () => {
  const said = sayGuidance(guidance({ kind: "no_path", turn: null, distance_m: null }));
  assert.match(said.detail, /^Dairy · unit G001.*Please ask us/);
});

test("items on no shelf send people to the staff, with and without a name", () => {
  const unplaced = { sku: "A1", name: "Oat milk", state: "wanted" as const, place: null, is_sold_out: false, substitute: null };
  assert.equal(sayGuidance(guidance({ kind: "no_place", next_item: unplaced })).title, "Please ask us for Oat milk");
  assert.equal(sayGuidance(guidance({ kind: "no_place", next_item: null })).title, "Please ask us for the rest of your list");
});

test("a finished list is said in the chosen language", async () => {
  await speak("de");
  assert.equal(sayGuidance(guidance({ kind: "all_done", next_item: null })).title, "Ihr Merkzettel ist erledigt");
});

test("when all is fetched the till is led to, as surely as the position allows", () => {
  const toTill = { kind: "to_checkout", next_item: null } as const;
  assert.deepEqual(sayGuidance(guidance(toTill)), { title: "To the till: go left", detail: "10 m · Your list is done" });
  assert.deepEqual(sayGuidance(guidance({ ...toTill, certainty: "near" })), { title: "To the till: head left", detail: "about 10 m · Your list is done" });
  assert.equal(sayGuidance(guidance({ ...toTill, certainty: "unknown" })).title, "Your list is done");
  const to_level = { level_id: "L0", names: { en: "Ground floor" } };
  const crossings = [{ means: "stairs", heading: "down", to_level } as const];
  assert.deepEqual(sayGuidance(guidance({ ...toTill, crossings })), {
    title: "Go left and take the stairs down to Ground floor",
    detail: "10 m · to the till · Your list is done",
  });
});

test("at the till there is a closing word, and what was not to be had is still said", () => {
  const there = { kind: "at_checkout", next_item: null } as const;
  assert.deepEqual(sayGuidance(guidance(there)), { title: "Here is the till", detail: "Your list is done. Thank you, and goodbye." });
  assert.equal(sayGuidance(guidance({ ...there, certainty: "near" })).title, "The till is near you");
  const sold_out = { sku: "A1", name: "Oat milk", state: "wanted" as const, place, is_sold_out: true, substitute: null };
  assert.equal(sayGuidance(guidance({ kind: "at_checkout", next_item: sold_out })).detail, "Oat milk is sold out just now");
  assert.match(sayGuidance(guidance({ kind: "to_checkout", next_item: { ...sold_out, is_sold_out: false, place: null } })).detail, /· Please ask us for Oat milk$/);
});

test("a product name is shown as written, braces and tags and all", () => {
  const odd = { sku: "A1", name: "<b>{name}</b> '{'", state: "wanted" as const, place, is_sold_out: false, substitute: null };
  assert.equal(sayGuidance(guidance({ next_item: odd })).title, "Go left to <b>{name}</b> '{'");
});

test("a place without a zone begins with its unit", () => {
  assert.equal(sayPlace({ ...place, zone: null }), "Unit G001, west side, bay 2, shelf 1 from the floor");
  assert.equal(sayPlace({ ...place, side: "left" }), "Dairy · unit G001, side left, bay 2, shelf 1 from the floor");
});

const walk = { move: "right", walk_m: 11, nth: null, past: null, into: null } as const;
const turn = { move: "left", walk_m: 8.4, nth: 2, past: "Bakery", into: "Dairy" } as const;
const shelved = { ...place, shelf: 3, height: "eye" } as const;
const milk = { sku: "A1", name: "Oat milk", state: "wanted", place: shelved, is_sold_out: false, substitute: null } as const;

test("the way is told turn by turn, with what one passes, and ends at the shelf", () => {
  const way = sayWay(guidance({ steps: [walk, turn], shelf_side: "right", next_item: milk }));
  assert.deepEqual(way, [
    { words: "Walk off to the right", walk: "10 m, 16 steps" },
    { words: "Past Bakery, take the second opening on the left, into Dairy", walk: "8 m, 12 steps" },
    { words: "It is on your right: shelf 3, at eye level", walk: "" },
  ]);
});

test("the way to the till is told like that to a shelf, and ends there", () => {
  const way = sayWay(guidance({ kind: "to_checkout", next_item: null, steps: [walk] }));
  assert.deepEqual(way.map(({ words }) => words), ["Walk off to the right", "There is the till"]);
  assert.deepEqual(sayWay(guidance({ kind: "to_checkout", next_item: null, steps: [walk], certainty: "unknown" })), []);
});

test("from a position that is only near, the first openings are not counted", () => {
  const way = sayWay(guidance({ certainty: "near", steps: [walk, turn, turn], next_item: milk }));
  assert.equal(way[1]?.words, "Past Bakery, turn left, into Dairy");
  assert.equal(way[2]?.words, "Past Bakery, take the second opening on the left, into Dairy");
});

test("without a position, or once there, no way is told", () => {
  const steps = [walk, turn];
  assert.deepEqual(sayWay(guidance({ certainty: "unknown", steps })), []);
  assert.deepEqual(sayWay(guidance({ kind: "arrived", steps })), []);
});

test("what is sold out is said, and that the list knows what to take instead", () => {
  assert.equal(sayGuidance(guidance({ kind: "sold_out" })).title, "Oat milk is sold out just now");
});

const first = { level_id: "L1", names: { en: "First floor", de: "Erster Stock" } };
const lift = { means: "elevator", heading: "up", to_level: first } as const;
const upstairs = { ...milk, place: { ...shelved, level: first } };

test("to another level, what takes one there is the thing to do, and the item's place is told with its level", () => {
  const said = sayGuidance(guidance({ crossings: [lift], next_item: upstairs, distance_m: 7.4 }));
  assert.equal(said.title, "Go left and take the lift up to First floor");
  assert.match(said.detail, /^7 m · Oat milk · First floor · Dairy · unit G001/);
  const near = sayGuidance(guidance({ crossings: [lift], next_item: upstairs, certainty: "near" }));
  assert.equal(near.title, "Head left and take the lift up to First floor");
});

test("before the lift there is no turn to tell", () => {
  assert.equal(sayGuidance(guidance({ crossings: [lift], turn: null })).title, "Take the lift up to First floor");
});

test("a level has its name in the reader's language where the plan has it", async () => {
  const nameless = { ...lift, heading: "down", means: "stairs", to_level: { level_id: "L9", names: { und: "level/9" } } } as const;
  assert.equal(sayGuidance(guidance({ crossings: [nameless], turn: null })).title, "Take the stairs down to level/9");
  await speak("de");
  assert.equal(sayGuidance(guidance({ crossings: [lift], turn: null })).title, "Nehmen Sie den Aufzug nach oben (Erster Stock)");
  assert.match(sayPlace(upstairs.place), /^Erster Stock · Dairy/);
});

test("names in Latin letters stay in their order in an Arabic line", async () => {
  await speak("ar");
  const { detail } = sayGuidance(guidance({ crossings: [lift], next_item: upstairs }));
  assert.match(detail, /· \u2068Oat milk\u2069 · \u2068First floor\u2069 · \u2068Dairy\u2069 · /);
});

test("the way ends with what takes one to the item's level, and says no side of a shelf that is not there", () => {
  const ramp = { means: "ramp", heading: "across", to_level: { level_id: "L2", names: { en: "Annex" } } } as const;
  const way = sayWay(guidance({ steps: [walk], crossings: [lift, ramp], shelf_side: null, next_item: upstairs }));
  assert.deepEqual(way, [
    { words: "Walk off to the right", walk: "10 m, 16 steps" },
    { words: "Take the lift up to First floor", walk: "" },
    { words: "Take the ramp to Annex", walk: "" },
  ]);
});

test("without steps, a missing way is one without steps", () => {
  const facts = guidance({ kind: "no_path", turn: null, distance_m: null });
  assert.match(sayGuidance(facts, true).detail, /no way there without steps/);
  assert.doesNotMatch(sayGuidance(facts, false).detail, /steps/);
});

test("every way between levels is said in every language", async () => {
  for (const tag of ["en", "de", "fr", "es", "ar", "zh"]) {
    await speak(tag);
    const said = new Set<string>();
    for (const means of ["elevator", "escalator", "movingwalkway", "ramp", "stairs"] as const) {
      for (const heading of ["up", "down", "across"] as const) {
        const { title } = sayGuidance(guidance({ crossings: [{ means, heading, to_level: first }], turn: null }));
        assert.match(title, /First floor|Erster Stock/);
        said.add(title);
      }
    }
    assert.equal(said.size, 15, tag);
  }
});
