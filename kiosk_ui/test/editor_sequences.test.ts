import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { aligned, distributed } from "../src/manager/editor/actions/arranging.ts";
import { arrayed, clipOf, duplicated, pasted } from "../src/manager/editor/actions/copies.ts";
import { type DrawingTool, drawn } from "../src/manager/editor/actions/drawing.ts";
import { mirrored, moved, turned } from "../src/manager/editor/actions/moving.ts";
import { type Outcome, drawnBy, isRefused } from "../src/manager/editor/actions/outcome.ts";
import { removed, withProperties } from "../src/manager/editor/actions/properties.ts";
import { cornerAdded, cornerMoved, cornerRemoved } from "../src/manager/editor/actions/reshaping.ts";
import { type Draft, type Step, applied, inOrder, partsOf, turnedRound } from "../src/manager/editor/draft.ts";
import { linesOf } from "../src/manager/editor/feature_shapes.ts";
import { type Point, area_m2 } from "../src/manager/editor/shapes.ts";
import { hall } from "./editor_plans.ts";

const point = fc.tuple(fc.integer({ min: -500, max: 3500 }), fc.integer({ min: -500, max: 2500 })).map(([x, y]): Point => [x / 100, y / 100]);
type Deed = (draft: Draft, ids: string[], level_id: string | null) => Outcome;
const tools: DrawingTool[] = ["outline", "wall", "rectangle", "polygon", "zone", "aisle", "opening", "unit", "blocked_area", "node", "kiosk", "checkout"];
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.tuple(fc.constantFrom(...tools), fc.array(point, { minLength: 1, maxLength: 6 }), fc.boolean()).map(
    ([tool, points, loose]): Deed => (d, _, level) => drawn(d, level, tool, points, loose),
  ),
  point.map((by): Deed => (d, ids) => moved(d, ids, by, true)),
  fc.integer({ min: -180, max: 180 }).map((angle): Deed => (d, ids) => turned(d, ids, angle, null, true)),
  fc.constant<Deed>((d, ids) => mirrored(d, ids, "top_bottom", true)),
  point.map((by): Deed => (d, ids) => duplicated(d, ids, by, true)),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()).map(
    ([columns, isAlongShape]): Deed => (d, ids) => arrayed(d, ids, { columns, rows: 2, gap_x_m: 1, gap_y_m: -1, isAlongShape }, true),
  ),
  point.map((at): Deed => (d, ids, level) => pasted(d, level, clipOf(d, ids), at, true)),
  fc.tuple(point, fc.nat(5)).map(([to, corner]): Deed => (d, ids) => cornerMoved(d, ids[0] ?? "", { line: 0, corner }, to, true)),
  fc.tuple(point, fc.nat(5)).map(([to, corner]): Deed => (d, ids) => cornerAdded(d, ids[0] ?? "", { line: 0, corner }, to, true)),
  fc.nat(5).map((corner): Deed => (d, ids) => cornerRemoved(d, ids[0] ?? "", { line: 0, corner }, true)),
  fc.constant<Deed>((d, ids) => aligned(d, ids, "centre_x", true)),
  fc.constant<Deed>((d, ids) => distributed(d, ids, "x", true)),
  fc.constant<Deed>((d, ids) => removed(d, ids)),
  fc.string({ minLength: 1, maxLength: 8 }).map((key): Deed => (d, ids) => withProperties(d, ids, { key })),
);

/** Does what can be done of the deeds, each on shapes picked by numbers. */
function allDone(start: Draft, deeds: readonly (readonly [Deed, number[]])[]): { drafts: Draft[]; steps: Step[] } {
  const [drafts, steps]: [Draft[], Step[]] = [[start], []];
  for (const [act, picks] of deeds) {
    const draft = drafts.at(-1) as Draft;
    const shapes = inOrder(draft).filter(({ feature_type }) => feature_type !== "shelf_slot");
    const ids = [...new Set(picks.map((pick) => shapes[pick % Math.max(1, shapes.length)]?.id ?? ""))];
    const outcome = act(draft, ids, shapes.find((f) => f.feature_type === "level")?.id ?? null);
    if (isRefused(outcome)) continue;
    drafts.push(applied(draft, outcome));
    steps.push(outcome);
  }
  return { drafts, steps };
}
const textOf = (draft: Draft): string => JSON.stringify(inOrder(draft));
const deeds = fc.array(fc.tuple(deed, fc.array(fc.nat(30), { minLength: 1, maxLength: 4 })), { maxLength: 25 });

test("whatever is done and taken back, the shapes are in the same two parts as when gone through afresh", () => {
  fc.assert(
    fc.property(deeds, (chosen) => {
      const start = hall().draft;
      partsOf(start);
      const { drafts, steps } = allDone(start, chosen);
      let draft = drafts.at(-1) as Draft;
      for (const step of steps.toReversed()) drafts.push((draft = applied(draft, turnedRound(step))));
      for (const each of drafts) assert.deepEqual(partsOf(each), partsOf({ ...each }));
    }),
  );
});

test("whatever is done, as many undos give the first document and redos the last, byte for byte", () => {
  fc.assert(
    fc.property(deeds, (chosen) => {
      const { drafts, steps } = allDone(hall().draft, chosen);
      let draft = drafts.at(-1) as Draft;
      for (const [i, step] of [...steps.entries()].reverse()) {
        draft = applied(draft, turnedRound(step));
        assert.equal(textOf(draft), textOf(drafts[i] as Draft));
      }
      for (const step of steps) draft = applied(draft, turnedRound(turnedRound(step)));
      assert.equal(textOf(draft), textOf(drafts.at(-1) as Draft));
    }),
    { numRuns: 60 },
  );
});

test("whatever is done, rings stay closed, apart and whole millimetres, keys stay apart and slots keep a fixture", () => {
  fc.assert(
    fc.property(deeds, (chosen) => {
      const { drafts, steps } = allDone(hall().draft, chosen);
      const draft = drafts.at(-1) as Draft;
      for (const feature of draft.features.values()) {
        if (feature.feature_type === "shelf_slot") assert.ok(draft.features.has(feature.properties.fixture_id));
        for (const line of linesOf(feature)) {
          for (const value of line.flat()) assert.equal(value, Math.round((value as number) * 1000) / 1000);
          line.forEach((each, i) => i > 0 && assert.notDeepEqual(each, line[i - 1]));
          if (feature.geometry.type !== "Polygon") continue;
          assert.deepEqual(line[0], line.at(-1));
          assert.notEqual(area_m2(line), 0);
        }
      }
      for (const step of steps) assert.ok(drawnBy(step).every((id) => step.changes.some(({ after }) => after?.id === id)));
    }),
    { numRuns: 60 },
  );
});
