import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { arrayed } from "../src/manager/editor/actions/copies.ts";
import { drawn } from "../src/manager/editor/actions/drawing.ts";
import { withProperties } from "../src/manager/editor/actions/properties.ts";
import { BANDS_M, accuracyBox, clipOf, colourOf, pixelsOf, withoutGaps } from "../src/manager/editor/accuracy_picture.ts";
import { bayTicks } from "../src/manager/editor/bays.ts";
import type { Feature } from "../src/manager/editor/draft.ts";
import { STYLES, piecesOf } from "../src/manager/editor/feature_pieces.ts";
import { gridLines } from "../src/manager/editor/grid.ts";
import { hitAt } from "../src/manager/editor/hits.ts";
import { namesOn } from "../src/manager/editor/names.ts";
import { type Ring, area_m2, isCrossingItself, isInRing, ringOf } from "../src/manager/editor/shapes.ts";
import { shownOf } from "../src/manager/editor/shown.ts";
import { isMeasureKey, typedMeasure } from "../src/manager/editor/typed_measures.ts";
import { shapesOfWkt } from "../src/manager/editor/wkt.ts";
import { done, hall, onlyOf } from "./editor_plans.ts";

const SEEN = { west: 0, south: 0, east: 30, north: 20 };
const EVERYTHING = new Set(["zones", "aisles", "fixtures", "nodes", "kiosks"] as const);

test("twenty slots of a bay are one stroke, and only where they are seen", () => {
  const { draft, level_id } = hall();
  assert.equal(bayTicks(draft, level_id, SEEN).filled.length, 6);
  assert.equal(bayTicks(draft, level_id, { ...SEEN, east: 7 }).filled.length, 2);
  assert.deepEqual(bayTicks(draft, "upstairs", SEEN), { filled: [], empty: [] });
  const row = done(draft, (d) => arrayed(d, [onlyOf(d, "fixture").id], { columns: 1, rows: 2, gap_x_m: 0, gap_y_m: 2, isAlongShape: false }));
  assert.equal(bayTicks(row, level_id, SEEN).empty.length, 6);
});

test("a hidden layer shows and gives to the hand none of its shapes, slots never", () => {
  const { draft, level_id } = hall();
  assert.deepEqual(shownOf(draft, level_id, EVERYTHING).map((f) => f.feature_type), ["level", "fixture"]);
  assert.deepEqual(shownOf(draft, level_id, new Set()).map((f) => f.feature_type), ["level"]);
});

test("grid lines are never too close to tell apart, and every tenth is coarse", () => {
  const { fine, coarse } = gridLines(SEEN, 0.1, 20);
  const across = [...fine, ...coarse].filter(([a, b]) => a[0] === b[0]).map(([[x]]) => x).sort((a, b) => a - b);
  assert.deepEqual([across.length, across[1]], [31, 1]);
  assert.equal(coarse.length, 4 + 3);
});

test("what lies on top is hit first; a place beside a shelf only where nothing but floor lies there", () => {
  const start = hall();
  let draft = done(start.draft, (d) => drawn(d, start.level_id, "node", [[8, 5.2]]));
  draft = done(draft, (d) => drawn(d, start.level_id, "zone", [[0, 0], [30, 0], [30, 10], [0, 10]]));
  const features = shownOf(draft, start.level_id, EVERYTHING);
  const hit = (x: number, y: number): string | undefined => hitAt(features, [x, y], 0.5)?.feature_type;
  assert.deepEqual([hit(8, 5.1), hit(8, 4.8), hit(8, 5.65), hit(20, 5), hit(20, 15), hit(0.2, 15)], ["scanner_node", "fixture", "scanner_node", "section", undefined, "level"]);
});

test("every piece has a style that is drawn, areas and their holes wound opposite ways", () => {
  const { draft, level_id } = hall();
  const styles = new Set<string>(STYLES.map(([style]) => style));
  const kiosk = onlyOf(done(draft, (d) => drawn(d, level_id, "kiosk", [[15, 10]])), "kiosk");
  for (const piece of [...draft.features.values(), kiosk].flatMap(piecesOf)) assert.ok(styles.has(piece.style), piece.style);
  const level = onlyOf(draft, "level");
  const hole = [[1, 1], [2, 1], [2, 2], [1, 1]];
  const holed = { ...level, geometry: { type: "Polygon", coordinates: [(level.geometry.coordinates[0] as number[][]).toReversed(), hole] } } as Feature;
  assert.deepEqual(piecesOf(holed)[0]?.lines.map((ring) => area_m2(ring) > 0), [true, false]);
});

test("a zone bears its name, a shelf its key where there is room for it", () => {
  const { draft, level_id } = hall();
  let named = done(draft, (d) => drawn(d, level_id, "zone", [[14, 0], [30, 0], [30, 10], [14, 10]]));
  named = done(named, (d) => withProperties(d, [onlyOf(d, "section").id], { name: { en: "Bakery" } }));
  const names = (pixels: number): string[] => namesOn(shownOf(named, level_id, EVERYTHING), SEEN, pixels).map(({ text }) => text);
  assert.deepEqual([names(30), names(6), names(1)], [["Bakery", "G001"], ["Bakery"], []]);
});

test("typed measures are read as people type them, and nothing else is", () => {
  assert.deepEqual(typedMeasure("3,5"), { kind: "way", length_m: 3.5, angle_deg: null });
  assert.deepEqual(typedMeasure("2<-45"), { kind: "way", length_m: 2, angle_deg: -45 });
  assert.deepEqual(typedMeasure("8×0.9"), { kind: "size", width_m: 8, depth_m: 0.9 });
  assert.deepEqual(typedMeasure("-1.5; 3"), { kind: "place", at: [-1.5, 3] });
  for (const text of ["", "0", "-2", "1e9", "x", "3x", "<", "99999", "1;2;3", "0x4"]) assert.equal(typedMeasure(text), null, text);
  assert.ok(isMeasureKey("4", "") && isMeasureKey("x", "8") && !isMeasureKey("x", "") && !isMeasureKey("g", "8"));
});

test("evidence of every form is read, and text that is none gives nothing", () => {
  assert.deepEqual(shapesOfWkt("POLYGON ((0 0, 1 0, 1 1, 0 0), (0.2 0.1, 0.3 0.1, 0.3 0.2, 0.2 0.1))")[0]?.rings?.length, 2);
  assert.equal(shapesOfWkt("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))").length, 2);
  assert.deepEqual(shapesOfWkt("GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, -1.5 2e1))"), [{ point: [1, 2] }, { line: [[0, 0], [-1.5, 20]] }]);
  assert.deepEqual(shapesOfWkt("MULTIPOINT ((1 2), (3 4))"), [{ point: [1, 2] }, { point: [3, 4] }]);
  fc.assert(fc.property(fc.string(), (text) => assert.ok(Array.isArray(shapesOfWkt(text)))));
  assert.deepEqual(shapesOfWkt("POLYGON EMPTY"), []);
});

test("the farther off a position, the farther along the scale; the picture lies on its cells", () => {
  assert.notEqual(colourOf(9), colourOf(10));
  assert.equal(new Set([0, ...BANDS_M].map((metres) => colourOf(metres * 10))).size, BANDS_M.length + 1);
  assert.equal(colourOf(100), colourOf(500));
  const forecast = { level_id: "L", origin_m: [2, 3], cell_m: 0.5, columns: 4, error_dm: [1, 2, 3, 4, 5, 6, 7, 8], heard: [], median_m: 1, p95_m: 2, within_target: 1 };
  assert.deepEqual(accuracyBox(forecast), { west: 2, south: 3, east: 4, north: 4 });
});

test("colours meet under a fixture, the worse of two, and go no farther where nobody walks", () => {
  const row = [10, -1, -1, 40, -1, -1, -1, -1];
  assert.deepEqual(withoutGaps({ columns: 8, cell_m: 0.5, error_dm: row }), [10, 10, 40, 40, 40, 40, -1, -1]);
  const rows = [[10, -1], [-1, 20]].flat();
  assert.deepEqual(withoutGaps({ columns: 2, cell_m: 1, error_dm: rows }), [10, 20, 20, 20]);
  assert.deepEqual(withoutGaps({ columns: 2, cell_m: 1, error_dm: [-1, -1, -1, -1] }), [-1, -1, -1, -1]);
});

test("a cell is a pixel of its colour, the northern row first; where nobody walks the floor is seen", () => {
  const [south, north] = [[5, -1], [999, 150]] as const;
  const pixels = pixelsOf({ columns: 2, cells: [...south, ...north] });
  const hex = (i: number): string => `#${[...pixels.subarray(i * 4, i * 4 + 3)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  assert.deepEqual([hex(1), hex(2)], [colourOf(150), colourOf(5)]);
  assert.equal(hex(0), "#c8c8c8", "no position");
  assert.deepEqual([3, 7, 11, 15].map((i) => pixels[i]), [255, 255, 255, 0]);
  assert.equal(pixelsOf({ columns: 2, cells: [5, 5, 5] }).length, 16, "a row that is not full is filled up with nothing");
});

test("the picture is seen inside the outline and not in its holes, however many", () => {
  const box = { west: 0, south: 0, east: 10, north: 10 };
  const square = (x: number, y: number, side: number) => [[x, y], [x + side, y], [x + side, y + side], [x, y + side]] as const;
  const clip = clipOf(box, [square(0, 0, 10), square(1, 1, 2), square(6, 6, 2)]);
  const corners = [...clip.matchAll(/([\d.]+)% ([\d.]+)%/g)].map(([, x, y]) => [Number(x) / 10, 10 - Number(y) / 10] as const);
  const isSeen = (x: number, y: number): boolean =>
    corners.reduce((isInside, [x0, y0], i) => {
      const [x1, y1] = corners[(i + 1) % corners.length] as readonly [number, number];
      return y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0 ? !isInside : isInside;
    }, false);
  assert.ok(clip.startsWith("polygon(evenodd, "));
  assert.ok(!isSeen(2, 2.1) && !isSeen(7, 7.1), "holes");
  for (const [x, y] of [[0.5, 0.6], [4, 4.1], [5, 2.2], [3.5, 7.3], [9, 9.5]] as const) assert.ok(isSeen(x, y), `${x} ${y}`);
  assert.equal(clipOf(box, []), "polygon(0 0)", "no floor, no picture");
});

const corners = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), { minLength: 3, maxLength: 7 });

test("a ring that does not cross itself has an area, and its middle edge points lie in it", () => {
  fc.assert(
    fc.property(corners, (chosen) => {
      const ring: Ring = ringOf(chosen);
      if (ring.length < 4 || isCrossingItself(ring)) return;
      assert.ok(area_m2(ring) > 0);
      ring.forEach(([x, y], i) => i > 0 && assert.ok(isInRing([(x + (ring[i - 1]?.[0] ?? 0)) / 2, (y + (ring[i - 1]?.[1] ?? 0)) / 2], ring)));
    }),
    { numRuns: 500 },
  );
});
