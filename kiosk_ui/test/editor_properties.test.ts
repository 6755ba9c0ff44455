import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn } from "../src/manager/editor/actions/drawing.ts";
import { turned } from "../src/manager/editor/actions/moving.ts";
import { type Outcome, isRefused } from "../src/manager/editor/actions/outcome.ts";
import { withProperties } from "../src/manager/editor/actions/properties.ts";
import { cornerMoved, resized } from "../src/manager/editor/actions/reshaping.ts";
import { type Draft, type Step, applied } from "../src/manager/editor/draft.ts";
import { linesOf } from "../src/manager/editor/feature_shapes.ts";
import { type Rectangle, type Ring, rectangleOf } from "../src/manager/editor/shapes.ts";
import { done, doneAs, hall, onlyOf } from "./editor_plans.ts";

const refused = (outcome: Outcome): string | null => (isRefused(outcome) ? outcome.refused : null);
const stepOf = (outcome: Outcome): Step => {
  if (isRefused(outcome)) assert.fail(`refused: ${outcome.refused}`);
  return outcome;
};
const ringOf = (draft: Draft, id: string): Ring => linesOf(draft.features.get(id) as never)[0] as Ring;
const rectangle = (draft: Draft, id: string): Rectangle => rectangleOf(ringOf(draft, id)) as Rectangle;

function twoShelves(): { draft: Draft; level_id: string; first: string; second: string } {
  const { draft, level_id, gondola } = hall();
  const { draft: both, added } = doneAs(draft, (d) => drawn(d, level_id, "rectangle", [[20, 4], [22, 4], [22, 5], [20, 5]]));
  return { draft: both, level_id, first: gondola, second: added[0] as string };
}

test("a key another shape of the type has is refused, its own and one of another type are not", () => {
  const { draft, level_id, second } = twoShelves();
  assert.equal(refused(withProperties(draft, [second], { key: "G001" })), "editor.fault_taken");
  assert.equal(refused(withProperties(draft, [second], { key: "G002" })), "canvas.no_change");
  const zoned = done(draft, (d) => drawn(d, level_id, "zone", [[0, 0], [10, 0], [10, 10], [0, 10]]));
  const zone = onlyOf(zoned, "section").properties.key;
  assert.equal(refused(withProperties(zoned, [second], { key: zone })), null);
});

test("a device stands in one place", () => {
  const { draft, level_id } = hall();
  let two = draft;
  for (const x of [20, 24]) two = done(two, (d) => drawn(d, level_id, "node", [[x, 10]]));
  const [one, other] = [...two.features.values()].filter((feature) => feature.feature_type === "scanner_node");
  assert.ok(one?.feature_type === "scanner_node" && other?.feature_type === "scanner_node");
  assert.equal(refused(withProperties(two, [other.id], { node_key: one.properties.node_key })), "editor.fault_device_taken");
});

test("a blocked area cannot be made to end before it begins, from either end", () => {
  const { draft, level_id } = hall();
  const blocked = done(draft, (d) => drawn(d, level_id, "blocked_area", [[20, 4], [22, 4], [22, 5], [20, 5]]));
  const { id } = onlyOf(blocked, "blocked_area");
  const begun = done(blocked, (d) => withProperties(d, [id], { from_at: "2026-03-01T10:00:00.000Z" }));
  assert.equal(refused(withProperties(begun, [id], { until_at: "2026-03-01T10:00:00.000Z" })), "editor.fault_ends_before");
  const ended = done(begun, (d) => withProperties(d, [id], { until_at: "2026-03-02T10:00:00.000Z" }));
  assert.equal(refused(withProperties(ended, [id], { from_at: "2026-03-03T10:00:00.000Z" })), "editor.fault_ends_before");
  assert.equal(refused(withProperties(ended, [id], { until_at: null })), null);
});

test("two levels do not lie in one place of the order", () => {
  const { draft, level_id } = hall();
  const level = onlyOf(draft, "level");
  const above = { ...level, id: "above", properties: { ...level.properties, key: "above", level_id: "above", ordinal: 1 } } as typeof level;
  const both = applied(draft, { changes: [{ before: null, after: above }] });
  assert.equal(refused(withProperties(both, [level_id], { ordinal: 1 })), "editor.level_taken");
  assert.equal(refused(withProperties(both, [level_id], { ordinal: 2 })), null);
});

test("typed measures are named for what they change, and a place that is typed moves every corner as far", () => {
  const { draft, second } = twoShelves();
  // At an angle each corner by itself would be rounded its own way.
  const leaning = done(draft, (d) => turned(d, [second], 17));
  const now = rectangle(leaning, second);
  const moved = stepOf(resized(leaning, second, { ...now, centre: [now.centre[0] + 1.5, now.centre[1]] }));
  assert.equal(moved.kind, "move");
  const after = ringOf(applied(leaning, moved), second);
  ringOf(leaning, second).forEach(([x, y], i) => assert.deepEqual(after[i], [Math.round((x + 1.5) * 1000) / 1000, y]));
  assert.equal(stepOf(resized(leaning, second, { ...now, angle_deg: 30 })).kind, "turn");
  assert.equal(stepOf(resized(leaning, second, { ...now, width_m: 3 })).kind, "resize");
});

test("a node whose place is typed is moved, a corner of an area reshapes it", () => {
  const { draft, level_id, second } = twoShelves();
  const hung = done(draft, (d) => drawn(d, level_id, "node", [[25, 10]]));
  const { id } = onlyOf(hung, "scanner_node");
  assert.equal(stepOf(cornerMoved(hung, id, { line: 0, corner: 0 }, [26, 10])).kind, "move");
  assert.equal(stepOf(cornerMoved(hung, second, { line: 0, corner: 0 }, [19, 4])).kind, "reshape");
});
