import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { localVoice, spokenGuidance } from "../src/kiosk/speaking.ts";
import type { Guidance } from "../src/wire.gen.ts";
import { speak } from "../src/words.ts";

const guidance: Guidance = {
  kind: "go_to",
  certainty: "sure",
  next_item: { sku: "A1", name: "Oat milk", state: "wanted", place: null, is_sold_out: false, substitute: null },
  distance_m: 8,
  path: [],
  turn: "left",
  near: [],
  steps: [{ move: "left", walk_m: 8, nth: null, past: null, into: null }],
  shelf_side: "right",
  order: ["A1"],
  tour_m: null,
  level_id: null,
  crossings: [],
};

beforeEach(async () => {
  await speak("en");
});

test("the room hears turns and no item", () => {
  const said = spokenGuidance(guidance, "room");
  assert.equal(said, "Walk off to the left, 8 m, 11 steps. It is on your right.");
  assert.doesNotMatch(said, /Oat|milk/);
});

test("whatever there is to say, the room never hears an item's name", () => {
  for (const kind of ["go_to", "arrived", "no_position", "no_path", "no_place", "sold_out", "all_done", "to_checkout", "at_checkout"] as const) {
    for (const certainty of ["sure", "near", "unknown"] as const) {
      assert.doesNotMatch(spokenGuidance({ ...guidance, kind, certainty }, "room"), /Oat|milk/);
    }
  }
});

test("the room hears the way to the till", () => {
  const said = spokenGuidance({ ...guidance, kind: "to_checkout", shelf_side: null, order: [] }, "room");
  assert.equal(said, "To the till: go left. Walk off to the left, 8 m, 11 steps. There is the till.");
  assert.equal(spokenGuidance({ ...guidance, kind: "at_checkout" }, "room"), "Here is the till.");
});

test("the room hears what to take to which level", () => {
  const to_level = { level_id: "L1", names: { en: "First floor" } };
  const crossings = [{ means: "elevator" as const, heading: "up" as const, to_level }];
  const said = spokenGuidance({ ...guidance, crossings, shelf_side: null }, "room");
  assert.equal(said, "Walk off to the left, 8 m, 11 steps. Take the lift up to First floor.");
});

test("a headset hears what is written", () => {
  assert.match(spokenGuidance(guidance, "headset"), /^Go left to Oat milk\. Walk off/);
});

test("only a voice of this machine is used, its usual one first", () => {
  const voice = (lang: string, localService: boolean, isDefault = false) => ({ lang, localService, default: isDefault });
  assert.equal(localVoice([voice("en-GB", false, true)], "en"), null);
  assert.equal(localVoice([voice("de-DE", true)], "en"), null);
  assert.deepEqual(localVoice([voice("en-GB", true), voice("en-US", true, true)], "en"), voice("en-US", true, true));
  assert.deepEqual(localVoice([voice("en-GB", false, true), voice("en-US", true)], "en"), voice("en-US", true));
});
