import assert from "node:assert/strict";
import { test } from "node:test";
import type { Draft, Feature } from "../src/manager/editor/draft.ts";
import { MOST_CHANGED, isSameWanted, wantedOf } from "../src/manager/editor/forecast_wanted.ts";
import type { FeatureChange, SavedEdit } from "../src/wire.gen.ts";

const shape = (feature_type: Feature["feature_type"], id: string, x = 0): Feature =>
  ({ id, feature_type, geometry: { type: "Point", coordinates: [x, 0] }, properties: { key: id } }) as Feature;
const move = (feature_type: Feature["feature_type"], id: string, x = 1): FeatureChange =>
  ({ before: shape(feature_type, id), after: shape(feature_type, id, x) }) as FeatureChange;
const step = (...changes: FeatureChange[]): SavedEdit => ({ edit: { changes } }) as unknown as SavedEdit;
const drafts: Draft[] = [0, 1].map(() => ({ header: {}, features: new Map() }) as unknown as Draft);
const at = (revision: number, draft: number, ...waiting: SavedEdit[]) => ({
  ...{ draft_id: "d", revision, draft: drafts[draft] as Draft },
  ...{ edits: [step(move("fixture", "long-saved")), ...waiting], waiting: waiting.length },
});

test("steps that are not saved yet are asked about, without what signals pass", () => {
  const waiting = step(move("fixture", "G1"), move("shelf_slot", "S1"), move("section", "Z1"));
  const { question } = wantedOf(at(4, 0, waiting), "L", 3, []);
  assert.deepEqual(question.changes.map(({ after }) => after?.id), ["G1"]);
});

test("what is being dragged counts after the steps that wait", () => {
  const { question } = wantedOf(at(4, 0, step(move("fixture", "G1", 1))), "L", 3, [move("fixture", "G1", 2)]);
  assert.deepEqual(question.changes.map(({ after }) => after?.geometry.coordinates[0]), [2]);
});

test("a shape let go where it was dragged to, and the step saved, are no new questions", () => {
  const dragged = wantedOf(at(4, 0), "L", 3, [move("fixture", "G1")]);
  const letGo = wantedOf(at(4, 1, step(move("fixture", "G1"), move("shelf_slot", "S1"))), "L", 3, []);
  const saved = wantedOf(at(5, 1), "L", 3, []);
  assert.ok(isSameWanted(dragged, letGo));
  assert.ok(isSameWanted(letGo, saved));
});

test("another place, another draft, another floor or another target is a new question", () => {
  const asked = wantedOf(at(4, 0), "L", 3, []);
  const others = [
    wantedOf(at(4, 0), "L", 3, [move("fixture", "G1")]),
    wantedOf(at(5, 1), "L", 3, []),
    wantedOf(at(4, 0), "M", 3, []),
    wantedOf(at(4, 0), "L", 2, []),
  ];
  for (const other of others) assert.ok(!isSameWanted(asked, other));
});

test("more shapes than a question may hold are asked about once they are saved", () => {
  const many = Array.from({ length: MOST_CHANGED + 1 }, (_, i) => move("fixture", `G${i}`));
  const waiting = wantedOf(at(4, 1, step(...many)), "L", 3, []);
  assert.deepEqual(waiting.question.changes, []);
  assert.ok(!isSameWanted(waiting, wantedOf(at(5, 1), "L", 3, [])));
});
