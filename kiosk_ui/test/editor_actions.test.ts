import assert from "node:assert/strict";
import { test } from "node:test";
import { aligned, distributed } from "../src/manager/editor/actions/arranging.ts";
import { arrayed, clipOf, duplicated, pasted } from "../src/manager/editor/actions/copies.ts";
import { type DrawingTool, drawn } from "../src/manager/editor/actions/drawing.ts";
import { mirrored, moved, turned } from "../src/manager/editor/actions/moving.ts";
import { type Outcome, isRefused } from "../src/manager/editor/actions/outcome.ts";
import { removed, withProperties } from "../src/manager/editor/actions/properties.ts";
import { cornerAdded, cornerMoved, cornerRemoved, holeCut, holeRemoved, resized } from "../src/manager/editor/actions/reshaping.ts";
import { type Draft, type Feature, type FeatureOf, type Step } from "../src/manager/editor/draft.ts";
import { linesOf } from "../src/manager/editor/feature_shapes.ts";
import { type Point, type Ring, rectangleOf } from "../src/manager/editor/shapes.ts";
import { done, doneAs, emptyDraft, hall, onlyOf as only } from "./editor_plans.ts";

const refused = (outcome: Outcome): string => {
  assert.ok(isRefused(outcome), "was not refused");
  return outcome.refused;
};
const ringOf = (feature: Feature | undefined): Ring => linesOf(feature as Feature)[0] as Ring;
const rectangle = (feature: Feature | undefined) => {
  const found = rectangleOf(ringOf(feature));
  assert.ok(found);
  return found;
};

const slotsOf = (draft: Draft, fixture_id: string): FeatureOf<"shelf_slot">[] =>
  [...draft.features.values()].filter(
    (feature): feature is FeatureOf<"shelf_slot"> => feature.feature_type === "shelf_slot" && feature.properties.fixture_id === fixture_id,
  );

test("every shape is drawn with all fields of its kind and the next free key", () => {
  const { draft, level_id } = hall();
  const places: Record<Exclude<DrawingTool, "outline">, Point[]> = {
    wall: [[1, 1], [5, 1]],
    rectangle: [[20, 4], [22, 4], [22, 5], [20, 5]],
    polygon: [[20, 10], [22, 10], [21, 12]],
    zone: [[0, 0], [30, 0], [30, 10], [0, 10]],
    aisle: [[2, 8], [14, 8]],
    opening: [[3, 0.2], [5, -0.1]],
    unit: [[25, 15], [28, 15], [28, 18], [25, 18]],
    blocked_area: [[15, 15], [16, 15], [16, 16]],
    node: [[10, 10]],
    kiosk: [[15, 10]],
    checkout: [[8, 2]],
  };
  const keys = Object.entries(places).map(([tool, points]) => {
    const outcome = drawn(draft, level_id, tool as DrawingTool, points);
    assert.ok(!isRefused(outcome), `${tool}: ${JSON.stringify(outcome)}`);
    const after = (outcome as Step).changes[0]?.after as Feature;
    assert.equal(after.properties.level_id, level_id);
    return after.properties.key;
  });
  assert.deepEqual(keys, ["W01", "G002", "G002", "Z01", "A01", "E01", "U01", "B01", "rpi-01", "kiosk-1", "T01"]);
});

test("a door is laid onto the outline, and refused far from it", () => {
  const { draft, level_id } = hall();
  const door = done(draft, (d) => drawn(d, level_id, "opening", [[3, 0.2], [5, -0.1]]));
  assert.deepEqual(linesOf(only(door, "opening"))[0], [[3, 0], [5, 0]]);
  assert.equal(refused(drawn(draft, level_id, "opening", [[15, 10], [16, 10]])), "canvas.door_off_outline");
});

test("a moved door slides along the outline and keeps its width", () => {
  const { draft, level_id } = hall();
  const door = done(draft, (d) => drawn(d, level_id, "opening", [[3, 0], [5, 0]]));
  const { id } = only(door, "opening");
  const line = (after: Draft): unknown => linesOf(after.features.get(id) as Feature)[0];
  assert.deepEqual(line(done(door, (d) => moved(d, [id], [2, 1]))), [[5, 0], [7, 0]]);
  assert.deepEqual(line(done(door, (d) => moved(d, [id], [25, 0.5]))), [[28, 0], [30, 0]]);
});

test("no shape without a level, without area, crossing itself or outside the outline", () => {
  const { draft, level_id } = hall();
  assert.equal(refused(drawn(emptyDraft(), null, "node", [[1, 1]])), "canvas.no_level");
  assert.equal(refused(drawn(draft, level_id, "zone", [[1, 1], [2, 1], [3, 1]])), "canvas.no_area");
  assert.equal(refused(drawn(draft, level_id, "zone", [[1, 1], [5, 5], [5, 1], [1, 5]])), "canvas.crosses_itself");
  assert.equal(refused(drawn(draft, level_id, "zone", [[1, 1], [6, 5], [5, 1], [1, 5]])), "canvas.crosses_itself");
  assert.equal(refused(drawn(draft, level_id, "node", [[31, 1]])), "canvas.leaves_outline");
  assert.ok(!isRefused(drawn(draft, level_id, "node", [[31, 1]], true)));
});

test("a fixture takes its slots along when it moves, turns, is copied and goes", () => {
  const { draft, gondola } = hall();
  const before = slotsOf(draft, gondola);
  const after = slotsOf(done(draft, (d) => moved(d, [gondola], [1, 2])), gondola);
  assert.deepEqual(after.map(({ geometry }) => geometry.coordinates), before.map(({ geometry: { coordinates: [x, y] } }) => [(x as number) + 1, (y as number) + 2]));
  const copy = doneAs(draft, (d) => duplicated(d, [gondola], [0, 3]));
  assert.equal(copy.added.length, 1);
  const copies = slotsOf(copy.draft, copy.added[0] as string);
  assert.equal(copies.length, before.length);
  assert.ok(copies.every(({ properties }) => properties.key.startsWith("G002-") && properties.sku === null));
  assert.equal(done(draft, (d) => removed(d, [gondola])).features.size, 1);
});

test("a turned shelf's slots face and are named the way they now look", () => {
  const { draft, gondola } = hall();
  const quarter = slotsOf(done(draft, (d) => turned(d, [gondola], 90)), gondola);
  assert.deepEqual(quarter.map(({ properties }) => properties.facing), slotsOf(draft, gondola).map(({ properties: { facing: [x, y] } }) => [0 - (y as number), x]));
  const south = slotsOf(draft, gondola).find(({ properties }) => properties.side === "S") as FeatureOf<"shelf_slot">;
  const east = quarter.find(({ id }) => id === south.id) as FeatureOf<"shelf_slot">;
  assert.deepEqual([east.properties.side, east.properties.key], ["E", south.properties.key.replace("-S-", "-E-")]);
});

test("four quarter turns, two mirrorings and there and back give the same shape", () => {
  const { draft, level_id, gondola } = hall();
  const kiosk = done(draft, (d) => drawn(d, level_id, "kiosk", [[15, 10]]));
  const ids = [gondola, only(kiosk, "kiosk").id];
  const again = (act: (d: Draft) => Outcome, times: number): string => {
    let after = kiosk;
    for (let i = 0; i < times; i++) after = done(after, act);
    return JSON.stringify(ids.map((id) => [linesOf(after.features.get(id) as Feature).map((ring) => [...cornerSet(ring)]), after.features.get(id)?.properties]));
  };
  const same = again((d) => d as never, 0);
  assert.equal(again((d) => turned(d, ids, 90), 4), same);
  assert.equal(again((d) => mirrored(d, ids, "left_right"), 2), same);
  assert.equal(again((d) => mirrored(d, ids, "top_bottom"), 2), same);
});
const cornerSet = (ring: readonly Point[]): string[] => [...new Set(ring.map((point) => point.join(" ")))].sort();

test("a kiosk that is turned east looks and stands the other way", () => {
  const { draft, level_id } = hall();
  const kiosk = done(draft, (d) => drawn(d, level_id, "kiosk", [[15, 10]]));
  const east = only(done(kiosk, (d) => turned(d, [only(kiosk, "kiosk").id], -90, [15, 10])), "kiosk") as FeatureOf<"kiosk">;
  assert.equal(east.properties.facing_deg, 90);
  assert.deepEqual(east.properties.display_point.coordinates, [14.4, 10]);
});

test("a row of twelve gondolas has twelve keys in order and equal aisles between them", () => {
  const { draft, gondola } = hall();
  const row = { columns: 1, rows: 4, gap_x_m: 0, gap_y_m: 2.5, isAlongShape: false };
  const { draft: after, added } = doneAs(draft, (d) => arrayed(d, [gondola], row));
  assert.deepEqual(added.map((id) => after.features.get(id)?.properties.key), ["G002", "G003", "G004"]);
  assert.deepEqual(added.map((id) => rectangle(after.features.get(id)).centre[1]), [8, 11.5, 15]);
  assert.equal([...after.features.values()].filter((f) => f.feature_type === "shelf_slot").length, 4 * slotsOf(draft, gondola).length);
  assert.equal(refused(arrayed(draft, [gondola], { ...row, rows: 12 })), "canvas.leaves_outline");
  assert.equal(refused(arrayed(draft, [gondola], { ...row, rows: 1e6 }, true)), "canvas.too_many");
});

test("a row along a turned shape runs along its own side", () => {
  const { draft, gondola } = hall();
  const slanted = done(draft, (d) => turned(d, [gondola], 30));
  const { draft: after, added } = doneAs(slanted, (d) =>
    arrayed(d, [gondola], { columns: 1, rows: 2, gap_x_m: 0, gap_y_m: 2, isAlongShape: true }),
  );
  const [first, second] = [rectangle(after.features.get(gondola)), rectangle(after.features.get(added[0] as string))];
  assert.ok(Math.abs(Math.hypot(second.centre[0] - first.centre[0], second.centre[1] - first.centre[1]) - 3) < 0.003);
  assert.ok(Math.abs(second.angle_deg - 30) < 0.05);
});

test("what was copied can be pasted on another level after the original has gone", () => {
  const { draft, gondola } = hall();
  const clip = clipOf(draft, [gondola]);
  let after = done(draft, (d) => removed(d, [gondola]));
  const upstairs = doneAs(after, (d) => drawn(d, null, "outline", [[0, 0], [20, 0], [20, 20], [0, 20]]));
  after = done(upstairs.draft, (d) => pasted(d, upstairs.added[0] as string, clip, [10, 10]));
  const copy = only(after, "fixture");
  assert.equal(copy.properties.level_id, upstairs.added[0]);
  assert.deepEqual(rectangle(copy).centre, [10, 10]);
});

test("corners move, come and go; the last three stay; slots stay on their edge", () => {
  const { draft, gondola } = hall();
  const wider = done(draft, (d) => cornerMoved(d, gondola, { line: 0, corner: 2 }, [14, 5]));
  assert.ok(slotsOf(wider, gondola).filter(({ properties }) => properties.side === "N").every(({ geometry }) => geometry.coordinates[1] === 5));
  const pentagon = done(draft, (d) => cornerAdded(d, gondola, { line: 0, corner: 1 }, [13, 4.5]));
  assert.equal(ringOf(pentagon.features.get(gondola)).length, 6);
  const triangle = done(draft, (d) => cornerRemoved(d, gondola, { line: 0, corner: 0 }));
  assert.equal(refused(cornerRemoved(triangle, gondola, { line: 0, corner: 0 })), "canvas.last_corners");
  assert.equal(refused(cornerMoved(draft, gondola, { line: 0, corner: 0 }, [8, 6])), "canvas.crosses_itself");
});

test("a hole is cut, moved by its corners and filled again", () => {
  const { draft, level_id } = hall();
  const holed = done(draft, (d) => holeCut(d, level_id, [[20, 10], [22, 10], [22, 12], [20, 12]]));
  assert.equal(linesOf(holed.features.get(level_id) as Feature).length, 2);
  assert.equal(refused(drawn(holed, level_id, "node", [[21, 11]])), "canvas.leaves_outline");
  assert.equal(refused(holeCut(draft, level_id, [[29, 10], [31, 10], [31, 12]])), "canvas.hole_outside");
  assert.equal(refused(holeCut(draft, "nobody", [[1, 1], [2, 1], [2, 2]])), "canvas.no_hole_here");
  const filled = done(holed, (d) => holeRemoved(d, level_id, 1));
  assert.deepEqual(filled.features.get(level_id), draft.features.get(level_id));
});

test("typed measures make the rectangle they say, and slots keep their share of it", () => {
  const { draft, gondola } = hall();
  const after = done(draft, (d) => resized(d, gondola, { centre: [10, 10], width_m: 4, depth_m: 0.8, angle_deg: 90 }));
  assert.deepEqual(rectangle(after.features.get(gondola)), { centre: [10, 10], width_m: 4, depth_m: 0.8, angle_deg: 90 });
  for (const slot of slotsOf(after, gondola)) {
    const [x, y] = slot.geometry.coordinates as [number, number];
    assert.ok(Math.abs(Math.abs(x - 10) - 0.4) < 1e-9 && Math.abs(y - 10) <= 2, slot.properties.key);
  }
});

test("shapes line up and spread evenly", () => {
  const { draft, level_id } = hall();
  let three = draft;
  for (const [x, y] of [[20, 2], [22, 5], [23, 16]] as const) {
    three = done(three, (d) => drawn(d, level_id, "rectangle", [[x, y], [x + 2, y], [x + 2, y + 1], [x, y + 1]]));
  }
  const ids = [...three.features.values()].flatMap((f) => (f.feature_type === "fixture" && f.properties.key !== "G001" ? [f.id] : []));
  const west = (after: Draft): number[] => ids.map((id) => Math.min(...ringOf(after.features.get(id)).map(([x]) => x)));
  assert.deepEqual(west(done(three, (d) => aligned(d, ids, "left"))), [20, 20, 20]);
  assert.deepEqual(west(done(three, (d) => aligned(d, ids, "right"))), [23, 23, 23]);
  const even = done(three, (d) => distributed(d, ids, "y"));
  assert.deepEqual(ids.map((id) => Math.min(...ringOf(even.features.get(id)).map(([, y]) => y))), [2, 9, 16]);
  assert.equal(refused(distributed(three, ids.slice(1), "y")), "canvas.choose_more");
});

test("a renamed fixture renames its slots, and only known properties are set", () => {
  const { draft, gondola } = hall();
  const after = done(draft, (d) => withProperties(d, [gondola], { key: "Cheese", height_m: 2, sensitive: true }));
  assert.ok(slotsOf(after, gondola).every(({ properties }) => properties.key.startsWith("Cheese-")));
  assert.ok(!("sensitive" in (after.features.get(gondola)?.properties ?? {})));
});
