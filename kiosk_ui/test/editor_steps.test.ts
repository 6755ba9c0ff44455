import "../src/store_words.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { type Draft, type Feature, type Step, applied, draftOf } from "../src/manager/editor/draft.ts";
import { importStep } from "../src/manager/editor/import_step.ts";
import { stacksOf } from "../src/manager/editor/taken_back.ts";
import { asEdit, clashOf, laidOn, madeAgain } from "../src/manager/editor/waiting_steps.ts";
import { effectWords } from "../src/manager/versions/effects.ts";
import type { ImportedPlan, SavedEdit } from "../src/wire.gen.ts";
import { speak } from "../src/words.ts";

beforeEach(async () => {
  await speak("en");
});

function zone(id: string, key = id): Feature {
  const properties = { key, level_id: "L", category: "retail", name: null, is_sensitive: false };
  const ring = [[0, 0], [1, 0], [1, 1], [0, 0]];
  return { type: "Feature", id, feature_type: "section", geometry: { type: "Polygon", coordinates: [ring] }, properties };
}

function slot(id: string, sku: string): Feature {
  const properties = { key: id, level_id: "L", fixture_id: "F", side: "A", bay: 1, shelf: 1, facing: [1, 0], department: null, sku };
  return { type: "Feature", id, feature_type: "shelf_slot", geometry: { type: "Point", coordinates: [0, 0] }, properties };
}

function draft(...features: Feature[]): Draft {
  const crs_local = { units: "m", axes: "x=east,y=north", origin: [0, 0], origin_lonlat: null, georeference: null };
  const header = { name: "S", crs_local, accepted: [], synthetic: null, generator: null, attribution: null };
  return draftOf({ type: "FeatureCollection", format: "aisleway-floorplan-1", ...header, features } as never);
}

const change = (before: Feature | null, after: Feature | null): Step => ({ kind: "set", what: "x", changes: [{ before, after }] });
const waiting = (edit_id: string, step: Step) => ({ edit_id, step, undoes: null, redoes: null, made_at: "2026-01-01T00:00:00Z" });

function saved(revision: number, author: string, takes: { undoes?: number; redoes?: number } = {}): SavedEdit {
  const edit = { edit_id: `e${revision}`, draft_id: "d", base_revision: revision - 1, kind: "set" as const, what: "x", changes: [], header: null };
  return { revision, author, at: "2026-01-01T00:00:00Z", edit: { ...edit, undoes: takes.undoes ?? null, redoes: takes.redoes ?? null } };
}

const revisions = (list: readonly SavedEdit[]): number[] => list.map(({ revision }) => revision);

test("only one's own steps are taken back, the last first", () => {
  const { done, undone } = stacksOf([saved(1, "me"), saved(2, "anna"), saved(3, "me")], "me");
  assert.deepEqual([revisions(done), revisions(undone)], [[1, 3], []]);
});

test("a step taken back can be done again, until something new is done", () => {
  const takenBack = [saved(1, "me"), saved(2, "me"), saved(3, "me", { undoes: 2 })];
  assert.deepEqual(revisions(stacksOf(takenBack, "me").done), [1]);
  assert.deepEqual(revisions(stacksOf(takenBack, "me").undone), [3]);
  const again = [...takenBack, saved(4, "me", { redoes: 3 })];
  assert.deepEqual(revisions(stacksOf(again, "me").done), [1, 4]);
  assert.deepEqual(revisions(stacksOf(again, "me").undone), []);
  assert.deepEqual(revisions(stacksOf([...takenBack, saved(4, "me")], "me").undone), []);
});

test("waiting steps that no longer fit are put aside, those after them that fit are laid", () => {
  const [a, b] = [zone("a"), zone("b")];
  const stale = waiting("1", change(zone("a", "old"), zone("a", "mine")));
  const { draft: laid, fitting, misfits } = laidOn(draft(a), [stale, waiting("2", change(null, b))]);
  assert.deepEqual([fitting.map((each) => each.edit_id), misfits], [["2"], [stale]]);
  assert.deepEqual([...laid.features.keys()], ["a", "b"]);
});

test("a clash names the shapes and who changed them last", () => {
  const theirs = { ...saved(1, "anna"), edit: { ...saved(1, "anna").edit, changes: [{ before: zone("a", "old"), after: zone("a") }] } };
  const clash = clashOf(waiting("1", change(zone("a", "old"), zone("a", "mine"))), draft(zone("a")), [theirs, saved(2, "bert")]);
  assert.deepEqual([clash.feature_ids, clash.author], [["a"], "anna"]);
});

test("made again on top a step fits, also where the shape is gone meanwhile", () => {
  for (const now of [draft(zone("a", "theirs")), draft()]) {
    const again = madeAgain(now, change(zone("a", "old"), zone("a", "mine")));
    assert.ok(again);
    assert.deepEqual(applied(now, again).features.get("a"), zone("a", "mine"));
  }
  assert.equal(madeAgain(draft(zone("a", "mine")), change(zone("a", "old"), zone("a", "mine"))), null, "nothing is left to do");
});

test("of the header only what the step changed is made again, and warnings others accepted stay accepted", () => {
  const { header } = draft();
  const mine: Step = { kind: "accept", what: "x", changes: [], header: { before: header, after: { ...header, accepted: ["w1"] } } };
  const now: Draft = { header: { ...header, name: "theirs", accepted: ["w2"] }, features: new Map() };
  const again = madeAgain(now, mine);
  assert.ok(again);
  assert.deepEqual(applied(now, again).header, { ...header, name: "theirs", accepted: ["w2", "w1"] });
});

test("an edit names revisions, not the page's own ids", () => {
  const edit = asEdit({ ...waiting("2", change(null, zone("a"))), undoes: "1" }, "d", 7, (id) => (id === "1" ? 5 : null));
  assert.deepEqual([edit.undoes, edit.redoes, edit.base_revision], [5, null, 7]);
});

const imported = (...features: Feature[]): ImportedPlan =>
  ({ name: "file", features, left_out: [], problems: [], origin_lonlat: null, attribution: null }) as never;

test("an import adds to what is drawn, or takes everything else away", () => {
  const now = draft(zone("a"), zone("b", "old"));
  const added = applied(now, importStep(now, imported(zone("b"), zone("c")), "add"));
  assert.deepEqual([...added.features.keys()].sort(), ["a", "b", "c"]);
  assert.equal(added.features.get("b")?.properties.key, "b");
  const replaced = applied(now, importStep(now, imported(zone("b"), zone("c")), "replace"));
  assert.deepEqual([...replaced.features.keys()].sort(), ["b", "c"]);
});

test("a planogram replaces the slots and leaves the shapes", () => {
  const now = draft(zone("a"), slot("s1", "milk"), slot("s2", "rice"));
  const after = applied(now, importStep(now, imported(slot("s1", "tea")), "replace"));
  assert.deepEqual([...after.features.keys()].sort(), ["a", "s1"]);
});

test("what is the same already is no change", () => {
  assert.equal(importStep(draft(zone("a")), imported(zone("a")), "add").changes.length, 0);
});

test("effects are sentences that say which way it goes", () => {
  assert.match(effectWords({ kind: "route_length_m", before: 20, after: 24.6 }) ?? "", /longer: 24\.6.m instead of 20\.0.m/);
  assert.match(effectWords({ kind: "median_error_m", before: 3, after: 2.5 }) ?? "", /more exact/);
  assert.match(effectWords({ kind: "median_error_m", before: 3.71, after: 3.74 }) ?? "", /stay as exact/, "what looks the same is the same");
  assert.match(effectWords({ kind: "median_error_m", before: null, after: 2.5 }) ?? "", /before not known/);
});

test("what does not happen is not said", () => {
  assert.equal(effectWords({ kind: "products_moved", before: null, after: 0 }), null);
  assert.equal(effectWords({ kind: "nodes", before: 16, after: 16 }), null);
  assert.equal(effectWords({ kind: "median_error_m", before: null, after: null }), null);
});
