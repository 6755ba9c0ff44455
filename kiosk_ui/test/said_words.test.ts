import "../src/store_words.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { refusalOf } from "../src/requests.ts";
import { problemWords } from "../src/said_words.ts";
import type { PlanProblem } from "../src/wire.gen.ts";
import { speak } from "../src/words.ts";

const problem = (message: string, figures: PlanProblem["figures"]): PlanProblem => ({
  severity: "error",
  rule: "any",
  feature_keys: [],
  level_id: null,
  x_m: null,
  y_m: null,
  words: "What the server says.",
  message,
  figures,
});

beforeEach(async () => {
  await speak("de");
});

test("a problem is said in the reader's language, with its numbers and units written as there", async () => {
  const narrow = problem("aisle_too_narrow.one", { slot: "G1-01", width_m: 0.5, other: "G2", least_m: 0.9 });
  assert.equal(problemWords(narrow), "G1-01: nur 0,50 m Platz vor dem Regal, bis G2; nötig sind 0,9 m.");
  await speak("en");
  assert.equal(problemWords(narrow), "G1-01: only 0.50 m of floor before the shelf, up to G2; 0.9 m are needed.");
});

test("a type of shape is called as the screen calls it", () => {
  const twice = problem("duplicate_id.key", { count: 1200, feature_type: "fixture", shape: "G1" });
  assert.equal(problemWords(twice), "1.200 Formen der Art Möbel haben die Kennung G1: jeder eine eigene geben.");
  assert.match(problemWords(problem("duplicate_id.key", { count: 2, feature_type: "geofence", shape: "G1" })), /der Art geofence/);
});

test("a line or a file it is in is said first", () => {
  assert.equal(
    problemWords(problem("planogram.numbers", { in_line: 3 })),
    "Planogramm, Zeile 3: bay, shelf, x, y, facing_x und facing_y sind Zahlen.",
  );
  assert.match(problemWords(problem("not_a_plan.not_utf8", { in_file: "level" })), /^level\.geojson: Das ist kein Text/);
});

test("a message this screen does not know is said in the server's words", () => {
  assert.equal(problemWords(problem("of_a_newer_server", {})), "What the server says.");
  assert.equal(problemWords(problem("constructor", {})), "What the server says.");
});

test("a refusal is said in the reader's language where the server names its sentence, else in the server's words", () => {
  const refused = { detail: "There is nothing to publish.", code: "draft.nothing_to_publish", figures: { version: 7 } };
  assert.equal(refusalOf(422, refused).detail, "Nichts zu veröffentlichen: Der Entwurf gleicht Version 7.");
  assert.equal(refusalOf(409, { detail: "Something else." }).detail, "Something else.");
  assert.equal(refusalOf(500, null).detail, null);
});
