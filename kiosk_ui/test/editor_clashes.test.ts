import "../src/store_words.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn } from "../src/manager/editor/actions/drawing.ts";
import type { Outcome } from "../src/manager/editor/actions/outcome.ts";
import { isRefused } from "../src/manager/editor/actions/outcome.ts";
import { removed, withProperties } from "../src/manager/editor/actions/properties.ts";
import { resized } from "../src/manager/editor/actions/reshaping.ts";
import { clashedShapes, differences } from "../src/manager/editor/clash_differences.ts";
import { type Draft, type Step } from "../src/manager/editor/draft.ts";
import { linesOf } from "../src/manager/editor/feature_shapes.ts";
import { type Rectangle, type Ring, rectangleOf } from "../src/manager/editor/shapes.ts";
import type { Clash } from "../src/manager/editor/sync_view.ts";
import { done, hall } from "./editor_plans.ts";

const stepOf = (outcome: Outcome): Step => {
  if (isRefused(outcome)) assert.fail(`refused: ${outcome.refused}`);
  return outcome;
};
const rectangle = (draft: Draft, id: string): Rectangle => rectangleOf(linesOf(draft.features.get(id) as never)[0] as Ring) as Rectangle;
const clash = (step: Step, ...feature_ids: string[]): Clash => ({
  waiting: { edit_id: "mine", step, undoes: null, redoes: null, made_at: "2026-01-01T00:00:00Z" },
  ...{ feature_ids, author: "anna" },
});
const told = (draft: Draft, asked: Clash): string[][] => differences(draft, asked).map(({ what, theirs, mine }) => [what, theirs, mine]);

test("of a shape both changed only what differs is told, theirs and mine", () => {
  const { draft, gondola } = hall();
  const now = rectangle(draft, gondola);
  const mine = stepOf(resized(draft, gondola, { ...now, depth_m: 0.8 }));
  const theirs = done(done(draft, (d) => resized(d, gondola, { ...now, centre: [9, 4.5] })), (d) => withProperties(d, [gondola], { height_m: 1.8 }));
  const asked = clash(mine, gondola);
  assert.deepEqual(told(theirs, asked), [
    ["Middle", "9.00; 4.50", "8.00; 4.50"],
    ["Size", "8.00 × 1.00 m", "8.00 × 0.80 m"],
    ["Height (m)", "1.8", "1.6"],
  ]);
  const [shape] = clashedShapes(theirs, asked);
  assert.deepEqual([shape?.before, shape?.theirs], [draft.features.get(gondola), theirs.features.get(gondola)]);
});

test("a shape that one of them took away is told as there and removed", () => {
  const { draft, gondola } = hall();
  const mine = stepOf(resized(draft, gondola, { ...rectangle(draft, gondola), depth_m: 0.8 }));
  const theirs = done(draft, (d) => removed(d, [gondola]));
  assert.deepEqual(told(theirs, clash(mine, gondola)), [["The shape", "removed", "is there"]]);
});

test("kinds and choices are told in words, an area by its corners", () => {
  const { draft, level_id, gondola } = hall();
  const mine = stepOf(withProperties(draft, [gondola], { category: "wall_shelf" }));
  const theirs = done(draft, (d) => withProperties(d, [gondola], { category: "cooler" }));
  assert.deepEqual(told(theirs, clash(mine, gondola)), [["Kind", "Cooler", "Wall shelf"]]);
  const zoned = done(draft, (d) => drawn(d, level_id, "zone", [[0, 0], [10, 0], [10, 10], [0, 10]]));
  const zone = [...zoned.features.values()].find(({ feature_type }) => feature_type === "section");
  assert.ok(zone);
  const ring = [...(linesOf(zone)[0] as Ring)];
  const cut = { ...zone, geometry: { type: "Polygon", coordinates: [[...ring.slice(0, 3), [4, 10], ...ring.slice(3)]] } } as typeof zone;
  const reshaped: Step = { kind: "reshape", what: "zone", changes: [{ before: zone, after: cut }] };
  const elsewhere = done(zoned, (d) => resized(d, zone.id, { ...rectangle(d, zone.id), centre: [6, 5] }));
  assert.deepEqual(told(elsewhere, clash(reshaped, zone.id)).map(([what]) => what), ["Middle", "Angle (°)", "Corners"]);
});
