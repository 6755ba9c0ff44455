import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { drawn } from "../src/manager/editor/actions/drawing.ts";
import { type Point, direction_deg, distance, nearestOnStretch } from "../src/manager/editor/shapes.ts";
import { type Snap, type SnapSetting, type SnapTargets, snapped, snappedMove, targetsOf, typedFrom } from "../src/manager/editor/snapping.ts";
import { done, emptyDraft } from "./editor_plans.ts";

const millimetres = (most: number) => fc.integer({ min: 0, max: most * 1000 }).map((value) => value / 1000);
const point = fc.tuple(millimetres(20), millimetres(20)).map(([x, y]): Point => [x, y]);
const targets = fc.array(fc.array(point, { minLength: 2, maxLength: 4 }), { maxLength: 4 }).map(
  (lines): SnapTargets => ({
    corners: lines.flat(),
    edges: lines.flatMap((line) => line.slice(1).map((end, i) => [line[i] as Point, end] as const)),
  }),
);
const setting = fc.record({
  mode: fc.constantFrom("lines", "grid", "angles", "off"),
  reach_m: fc.constantFrom(0.05, 0.3, 1),
  grid_m: fc.constantFrom(0.05, 0.1, 0.5),
  from: fc.option(point),
  before: fc.option(point),
}) as fc.Arbitrary<SnapSetting>;

const lines: SnapSetting = { mode: "lines", reach_m: 0.3, grid_m: 0.1 };
const box: SnapTargets = { corners: [[0, 0], [4, 0]], edges: [[[0, 0], [4, 0]]] };
const caught = (at: Point, on: SnapTargets, how: SnapSetting): Snap => snapped(at, on, how) ?? assert.fail("nothing caught it");

test("snapping twice changes nothing", () => {
  fc.assert(
    fc.property(point, targets, setting, (at, on, how) => {
      const once = snapped(at, on, how);
      if (once) assert.deepEqual(snapped(once.at, on, how)?.at, once.at);
    }),
    { numRuns: 2000 },
  );
});

test("what is caught is in whole millimetres and is what its kind says", () => {
  fc.assert(
    fc.property(point, targets, setting, (at, on, how) => {
      const snap = snapped(at, on, how);
      if (!snap) return;
      for (const value of snap.at) assert.equal(value, Math.round(value * 1000) / 1000);
      const near = (others: readonly Point[]): boolean => others.some((other) => distance(other, snap.at) <= 0.0021);
      if (snap.kind === "corner") assert.ok(near(on.corners));
      if (snap.kind === "edge") assert.ok(near(on.edges.map((edge) => nearestOnStretch(snap.at, ...edge).at)));
      if (snap.kind === "grid") assert.ok(snap.at.every((value) => Math.abs(value / how.grid_m - Math.round(value / how.grid_m)) < 1e-6));
      if (snap.kind === "angle") {
        const off = direction_deg(how.from as Point, snap.at) / 15;
        assert.ok(Math.abs(off - Math.round(off)) * 15 * distance(how.from as Point, snap.at) < 0.1);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a corner beats an equally near grid point, in both modes that know a grid", () => {
  const on: SnapTargets = { corners: [[1.1, 1]], edges: [] };
  for (const mode of ["lines", "grid"] as const) {
    assert.deepEqual(caught([1.05, 1], on, { mode, reach_m: 0.3, grid_m: 1 }), { at: [1.1, 1], kind: "corner", guides: [] });
  }
});

test("a corner beats its edge, an edge beats a line through a corner, and that beats the grid", () => {
  assert.equal(caught([0.2, 0.1], box, lines).kind, "corner");
  assert.deepEqual(caught([2.02, 0.1], box, lines), { at: [2.02, 0], kind: "edge", guides: [] });
  const above = caught([4.12, 3.04], box, lines);
  assert.deepEqual([above.kind, above.at], ["alignment", [4, 3]]);
  assert.deepEqual(above.guides[0]?.[0], [4, 0]);
  assert.equal(caught([2.02, 3.04], box, lines).kind, "grid");
});

test("where two lines through corners cross, the crossing is caught", () => {
  const on: SnapTargets = { corners: [[0, 5], [7, 0]], edges: [] };
  const snap = caught([7.2, 5.1], on, lines);
  assert.deepEqual([snap.kind, snap.at, snap.guides.length], ["crossing", [7, 5], 2]);
});

test("a corner is set at a right angle to a slanted edge, and straight on from it", () => {
  const slanted = { ...lines, before: [0, 0] as Point, from: [2, 1] as Point };
  const none: SnapTargets = { corners: [], edges: [] };
  assert.equal(caught([1.05, 3.02], none, slanted).kind, "right_angle");
  assert.equal(caught([6.05, 3.0], none, slanted).kind, "extension");
});

test("after an angle the length is rounded along the ray, which stays straight", () => {
  const snap = caught([3.1, 1.9], box, { mode: "angles", reach_m: 0.3, grid_m: 0.5, from: [0, 0] });
  assert.ok(Math.abs(direction_deg([0, 0], snap.at) - 30) < 0.02);
  assert.ok(Math.abs(distance([0, 0], snap.at) - 3.5) < 0.001);
});

test("nothing catches where snapping is off", () => {
  assert.equal(snapped([0.01, 0], box, { ...lines, mode: "off" }), null);
  assert.deepEqual(snappedMove([[0, 0]], [0.1234, 0], box, { ...lines, mode: "off" }), { by: [0.123, 0], snap: null });
});

test("a moved shape is caught by whichever corner reaches the highest kind", () => {
  const handles: Point[] = [[10, 10], [12, 10], [12, 11], [10, 11]];
  const { by, snap } = snappedMove(handles, [-7.9, -10.15], box, lines);
  assert.deepEqual([by, snap?.kind], [[-8, -10], "corner"]);
});

test("what is being moved and what lies out of sight or on other levels catches nothing", () => {
  const draft = done(emptyDraft(), (d) => drawn(d, null, "outline", [[0, 0], [30, 0], [30, 20], [0, 20]]));
  const level_id = [...draft.features.keys()][0] as string;
  const view = { west: -1, south: -1, east: 20, north: 30 };
  assert.deepEqual(targetsOf(draft, level_id, view, new Set()).corners, [[0, 20], [0, 0]]);
  assert.deepEqual(targetsOf(draft, level_id, view, new Set([level_id])), { corners: [], edges: [] });
  assert.deepEqual(targetsOf(draft, "upstairs", view, new Set()), { corners: [], edges: [] });
});

test("a typed length goes the pointer's way, a typed angle keeps the pointer's reach, both are exact", () => {
  assert.deepEqual(typedFrom([1, 1], [4, 5], 10, null), [7, 9]);
  assert.deepEqual(typedFrom([1, 1], [4, 1.2], null, 0), [4, 1]);
  assert.deepEqual(typedFrom([1, 1], [9, 9], 2.5, 90), [1, 3.5]);
});
