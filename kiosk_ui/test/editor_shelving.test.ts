import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefused } from "../src/manager/editor/actions/outcome.ts";
import { emptied, placed, slotsBySku, swapped } from "../src/manager/editor/actions/placing.ts";
import { type Shelving, type Slot, facesOf, shelved, shelvingOf, slotsOf } from "../src/manager/editor/actions/shelving.ts";
import { type Draft, type Feature, type Step, applied, turnedRound } from "../src/manager/editor/draft.ts";
import { elevationsOf, slotAfter, slotTowards } from "../src/manager/editor/elevation.ts";
import { featurePlaced } from "../src/manager/editor/feature_shapes.ts";
import { type Point, nearestOnLine, ringOf, turned } from "../src/manager/editor/shapes.ts";

const HEADER = { name: "S", crs_local: {}, accepted: [] } as unknown as Draft["header"];

function fixture(corners: readonly Point[], key = "G001"): Feature {
  const geometry = { type: "Polygon", coordinates: [ringOf(corners).map((point) => [...point])] };
  const properties = { key, level_id: "L", category: "gondola", department: "tins", name: null, height_m: 1.6 };
  return { type: "Feature", id: "F", feature_type: "fixture", geometry, properties } as Feature;
}

const draftWith = (...features: Feature[]): Draft => ({ header: HEADER, features: new Map(features.map((each) => [each.id, each])) });
/** 0.9 m wide, 8 m from south to north. */
const GONDOLA: readonly Point[] = [[5.5, 11.5], [6.4, 11.5], [6.4, 19.5], [5.5, 19.5]];
const BOTH: Shelving = { sides: ["W", "E"], bays: { count: 5 }, shelves: 4 };

function stepOf(outcome: ReturnType<typeof shelved>): Step {
  assert.ok(!isRefused(outcome), JSON.stringify(outcome));
  return outcome;
}

const after = (draft: Draft, outcome: ReturnType<typeof shelved>): Draft => applied(draft, stepOf(outcome));
const made = (corners = GONDOLA, asked = BOTH, key = "G001"): Draft => {
  const draft = draftWith(fixture(corners, key));
  return after(draft, shelved(draft, "F", asked));
};
const slotAt = (draft: Draft, side: string, bay: number, shelf: number): Slot => {
  const found = slotsOf(draft, "F").filter(({ properties: p }) => p.side === side && p.bay === bay && p.shelf === shelf);
  assert.equal(found.length, 1, `${side} ${bay} ${shelf}`);
  return found[0] as Slot;
};
const at = ({ geometry }: Slot): number[] => geometry.coordinates as number[];

test("a gondola gets its slots on both long faces, as the demo's planogram has them", () => {
  const draft = made();
  assert.equal(slotsOf(draft, "F").length, 40);
  const west = slotAt(draft, "W", 1, 2);
  assert.equal(west.properties.key, "G001-W-01-2");
  assert.deepEqual(west.properties.facing, [-1, 0]);
  assert.deepEqual([west.properties.department, west.properties.sku, west.properties.level_id], ["tins", null, "L"]);
  assert.deepEqual(at(slotAt(draft, "E", 1, 1)), [6.4, 12.3], "bay 1 is on the left of who stands in front");
  assert.deepEqual(at(west), [5.5, 18.7]);
});

test("faces are named by where they look, the longest first, whichever way the ring runs", () => {
  for (const corners of [GONDOLA, [...GONDOLA].reverse()]) {
    const faces = facesOf(fixture(corners));
    assert.deepEqual(faces.map(({ side }) => side).sort(), ["E", "N", "S", "W"]);
    assert.deepEqual(faces.map(({ length_m }) => length_m), [8, 8, 0.9, 0.9]);
  }
});

test("a corner on a straight stretch does not split a face, and a sliver is none", () => {
  const corners: Point[] = [[0, 0], [2, 0], [4, 0], [4, 1], [0.1, 1], [0, 0.9]];
  assert.deepEqual(facesOf(fixture(corners)).map(({ side, length_m }) => `${side} ${length_m}`), ["S 4", "N 3.9", "E 1", "W 0.9"]);
});

test("a round island has a face for each edge, each with a name of its own", () => {
  const corners = Array.from({ length: 12 }, (_, i): Point => turned([1, 0], [0, 0], i * 30));
  const names = facesOf(fixture(corners)).map(({ side }) => side);
  assert.equal(new Set(names).size, 12);
  for (const compass of ["N", "E", "S", "W"]) assert.ok(names.includes(compass));
});

test("at any angle each slot lies on its face and looks straight away from it", () => {
  for (let angle = 0; angle < 360; angle += 7) {
    const corners = GONDOLA.map((corner) => turned(corner, [6, 15], angle));
    const draft = draftWith(fixture(corners));
    const sides = facesOf(fixture(corners)).map(({ side }) => side);
    assert.deepEqual([...sides].sort(), ["E", "N", "S", "W"], `${angle}`);
    const shelves = after(draft, shelved(draft, "F", { sides, bays: { width_m: 0.5 }, shelves: 2 }));
    for (const slot of slotsOf(shelves, "F")) {
      const [point, facing] = [at(slot) as unknown as Point, slot.properties.facing as unknown as Point];
      const ring = ringOf(corners);
      assert.ok(nearestOnLine(point, ring).distance_m < 0.002, `${angle}`);
      const before: Point = [point[0] + facing[0] * 0.4, point[1] + facing[1] * 0.4];
      assert.ok(Math.abs(nearestOnLine(before, ring).distance_m - 0.4) < 0.003, `${angle} ${slot.properties.key}`);
      assert.ok(Math.abs(Math.hypot(...facing) - 1) < 1e-5);
    }
  }
});

test("bays are as many as fit when their width is said, one at least", () => {
  const count = (width_m: number): number => slotsOf(made(GONDOLA, { sides: ["E"], bays: { width_m }, shelves: 1 }), "F").length;
  assert.deepEqual([count(1), count(1.33), count(1.6), count(30)], [8, 6, 5, 1]);
});

test("made anew, what keeps its side, bay and shelf keeps its product and stays the same slot", () => {
  let draft = made();
  const [kept, lost] = [slotAt(draft, "W", 2, 3), slotAt(draft, "E", 5, 4)];
  draft = after(draft, placed(draft, kept.id, "peas"));
  draft = after(draft, placed(draft, lost.id, "rice"));
  const fewer = after(draft, shelved(draft, "F", { ...BOTH, bays: { count: 4 } }));
  const now = slotAt(fewer, "W", 2, 3);
  assert.deepEqual([now.id, now.properties.sku], [kept.id, "peas"]);
  assert.deepEqual(at(now), [5.5, 16.5]);
  assert.deepEqual([slotsOf(fewer, "F").length, slotsBySku(fewer).has("rice")], [32, false]);
  const back = applied(fewer, turnedRound(stepOf(shelved(draft, "F", { ...BOTH, bays: { count: 4 } }))));
  assert.deepEqual([...back.features.values()].map(({ id }) => id).sort(), [...draft.features.keys()].sort());
  assert.equal(slotsBySku(back).get("rice")?.length, 1);
});

test("a side that is not asked for loses its slots", () => {
  const draft = made();
  const one = after(draft, shelved(draft, "F", { ...BOTH, sides: ["E"] }));
  assert.deepEqual([...new Set(slotsOf(one, "F").map(({ properties }) => properties.side))], ["E"]);
});

test("bays counted from the right by whoever drew them stay so", () => {
  const draft = made();
  const counted = slotsOf(draft, "F").map((slot) => ({ ...slot, properties: { ...slot.properties, bay: 6 - slot.properties.bay } }));
  const leftward = draftWith(fixture(GONDOLA), ...counted);
  const again = after(leftward, shelved(leftward, "F", { ...BOTH, bays: { count: 10 } }));
  assert.deepEqual(at(slotAt(again, "E", 1, 1)), [6.4, 19.1]);
  assert.deepEqual(elevationsOf(slotsOf(again, "F")).map(({ bays }) => bays[0]), [10, 10]);
});

test("after a turn by any angle the products are found on the face they are on", () => {
  for (const angle of [30, 90, 135, 180, 270]) {
    let draft = made();
    const slot = slotAt(draft, "W", 2, 3);
    draft = after(draft, placed(draft, slot.id, "peas"));
    const motion = { place: (point: Point) => turned(point, [6, 15], angle), turn_deg: angle };
    const moved = draftWith(...[...draft.features.values()].map((feature) => featurePlaced(feature, motion)));
    const shape = moved.features.get("F") as Feature;
    const long = facesOf(shape).slice(0, 2).map(({ side }) => side);
    const again = shelved(moved, "F", { sides: long, bays: { count: 6 }, shelves: 4 });
    const peas = slotsBySku(after(moved, again)).get("peas");
    assert.deepEqual(peas?.map(({ id }) => id), [slot.id], `${angle}`);
    assert.deepEqual([peas?.[0]?.properties.bay, peas?.[0]?.properties.shelf], [2, 3]);
  }
});

test("at a corner of a round island slots are on the side they name", () => {
  const island = fixture(Array.from({ length: 16 }, (_, i): Point => turned([1, 0], [0, 0], i * 22.5)));
  const [slot] = slotsOf(made(GONDOLA, { sides: ["E"], bays: { count: 1 }, shelves: 1 }), "F");
  assert.ok(slot);
  for (const [side, x, y] of [["N", 0, 1], ["S", 0, -1], ["E", 1, 0], ["W", -1, 0]] as const) {
    const geometry = { ...slot.geometry, coordinates: [x, y] };
    const draft = draftWith(island, { ...slot, geometry, properties: { ...slot.properties, side, facing: [x, y] } });
    assert.deepEqual(shelvingOf(draft, "F")?.sides, [side]);
  }
});

test("what is asked for in vain is refused with a reason", () => {
  const draft = made();
  const refused = (asked: Shelving, id = "F"): boolean => isRefused(shelved(draft, id, asked));
  assert.ok(refused(BOTH), "it is so already");
  assert.ok(refused(BOTH, "nothing"));
  for (const shelves of [0, 51, 1.5, Number.NaN]) assert.ok(refused({ ...BOTH, shelves }), `${shelves}`);
  for (const count of [0, 201, 1.5, Number.NaN]) assert.ok(refused({ ...BOTH, bays: { count } }), `${count}`);
  for (const width_m of [0, 0.01, -1, Number.NaN]) assert.ok(refused({ ...BOTH, bays: { width_m } }), `${width_m}`);
  assert.ok(refused({ sides: ["W", "E"], bays: { count: 200 }, shelves: 50 }));
});

test("a key stays within what the contract allows", () => {
  for (const slot of slotsOf(made(GONDOLA, BOTH, "k".repeat(64)), "F")) assert.ok(slot.properties.key.length <= 64);
});

test("how a fixture is shelved now is what making it anew begins with", () => {
  const draft = made();
  const now = shelvingOf(draft, "F");
  assert.deepEqual({ ...now, sides: [...(now?.sides ?? [])].sort() }, { ...BOTH, sides: ["E", "W"] });
  assert.equal(shelvingOf(draftWith(fixture(GONDOLA)), "F"), null);
});

test("a product is put, moved, swapped and taken away in one step each, and each can be taken back", () => {
  const draft = made();
  const [a, b] = [slotAt(draft, "W", 1, 1).id, slotAt(draft, "E", 1, 1).id];
  const skus = (of: Draft): (string | null | undefined)[] => [a, b].map((id) => (of.features.get(id) as Slot).properties.sku);
  const put = after(draft, placed(draft, a, "peas"));
  assert.deepEqual(skus(put), ["peas", null]);
  const moved = after(put, swapped(put, a, b));
  assert.deepEqual(skus(moved), [null, "peas"]);
  const both = after(moved, placed(moved, a, "rice"));
  assert.deepEqual(skus(after(both, swapped(both, a, b))), ["peas", "rice"]);
  const gone = stepOf(emptied(both, [a, b]));
  assert.deepEqual([gone.kind, gone.what, skus(applied(both, gone))], ["place_product", "2", [null, null]]);
  assert.deepEqual(skus(applied(applied(both, gone), turnedRound(gone))), ["rice", "peas"]);
});

test("what changes nothing is no step", () => {
  const draft = made();
  const [a, b] = [slotAt(draft, "W", 1, 1).id, slotAt(draft, "E", 1, 1).id];
  const put = after(draft, placed(draft, a, "peas"));
  assert.ok(isRefused(placed(put, a, "peas")));
  assert.ok(isRefused(placed(put, "F", "peas")));
  assert.ok(isRefused(swapped(put, b, slotAt(put, "E", 1, 2).id)));
  assert.ok(isRefused(emptied(put, [b])));
});

test("a product is found in all its slots", () => {
  let draft = made();
  for (const [side, bay] of [["W", 1], ["E", 3]] as const) draft = after(draft, placed(draft, slotAt(draft, side, bay, 1).id, "peas"));
  assert.deepEqual(slotsBySku(draft).get("peas")?.map(({ properties }) => properties.key).sort(), ["G001-E-03-1", "G001-W-01-1"]);
});

test("a side is shown as who stands before it sees it: bays from the left, the top shelf first", () => {
  const [east, west] = elevationsOf(slotsOf(made(), "F"));
  assert.ok(east && west);
  assert.deepEqual([east.side, west.side, east.bays, west.bays, east.shelves], ["E", "W", [1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [4, 3, 2, 1]]);
  assert.equal(east.cells[0]?.[1]?.properties.key, "G001-E-02-4");
});

test("arrows lead from slot to slot past gaps and stop at the ends", () => {
  const draft = made();
  const slots = slotsOf(draft, "F").filter(({ properties: p }) => !(p.side === "E" && p.bay === 2 && p.shelf === 4));
  const east = elevationsOf(slots)[0];
  assert.ok(east);
  const [id, key] = [(bay: number, shelf: number) => slotAt(draft, "E", bay, shelf).id, (slot: Slot | null) => slot?.properties.key ?? null];
  assert.equal(key(slotTowards(east, id(1, 4), "ArrowRight")), "G001-E-03-4");
  assert.equal(key(slotTowards(east, id(1, 4), "ArrowUp")), null);
  assert.equal(key(slotTowards(east, id(1, 4), "ArrowDown")), "G001-E-01-3");
  assert.equal(key(slotTowards(east, id(3, 2), "Home")), "G001-E-01-2");
  assert.equal(key(slotTowards(east, id(3, 2), "End")), "G001-E-05-2");
  assert.equal(key(slotTowards(east, id(3, 2), "x")), null);
  assert.equal(key(slotAfter(east, id(1, 1))), "G001-E-02-3", "down the bay, then the next bay's top");
  assert.equal(key(slotAfter(east, id(5, 1))), null);
});
