import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { drawn } from "../src/manager/editor/actions/drawing.ts";
import type { SnapMode, ToolName } from "../src/manager/editor/canvas_props.ts";
import { type Draft, applied, inOrder, turnedRound } from "../src/manager/editor/draft.ts";
import { linesOf } from "../src/manager/editor/feature_shapes.ts";
import { begun, turnOf } from "../src/manager/editor/hand.ts";
import { previewOf } from "../src/manager/editor/hand_gestures.ts";
import { type HandEvent, IDLE, type Interaction, isBusy } from "../src/manager/editor/interaction.ts";
import type { Held, Scene } from "../src/manager/editor/scene.ts";
import type { Point } from "../src/manager/editor/shapes.ts";
import { shownOf } from "../src/manager/editor/shown.ts";
import { targetsOf } from "../src/manager/editor/snapping.ts";
import { done, hall, onlyOf } from "./editor_plans.ts";

const FREE: Held = { alt: false, shift: false, ctrl: false };
const EVERYTHING = new Set(["zones", "aisles", "fixtures", "nodes", "kiosks"] as const);
const SEEN = { west: -50, south: -50, east: 100, north: 100 };

/** A page around the hand: does what it is told, as the editor does. */
class Bench {
  draft: Draft;
  hand: Interaction = IDLE;
  selection: ReadonlySet<string> = new Set();
  tool: ToolName = "select";
  steps: string[] = [];
  refusals: string[] = [];
  readonly level_id: string;
  constructor(
    start = hall(),
    readonly snap: SnapMode = "off",
    readonly isEditable = true,
  ) {
    this.draft = start.draft;
    this.level_id = start.level_id;
  }
  scene(): Scene {
    const { draft, level_id, selection, tool, snap, isEditable } = this;
    return {
      ...{ draft, level_id, selection, tool, snap, isEditable, grid_m: 0.1, reach_m: 0.3, slip_m: 0.1 },
      shown: () => shownOf(draft, level_id, EVERYTHING),
      targets: (without) => targetsOf(draft, level_id, SEEN, without),
    };
  }
  take(event: HandEvent): this {
    const { next, step, select, tool, refusal } = turnOf(this.scene(), this.hand, event);
    this.hand = next;
    if (step) {
      this.draft = applied(this.draft, step);
      this.steps.push(`${step.kind} ${step.what}`);
      assert.deepEqual(applied(this.draft, turnedRound(step)).features.size, this.draft.features.size - step.changes.filter((c) => !c.before).length + step.changes.filter((c) => !c.after).length);
    }
    if (select) this.selection = select;
    if (refusal) this.refusals.push(refusal.refused);
    if (tool) this.use(tool);
    return this;
  }
  use(tool: ToolName): this {
    this.tool = tool;
    this.hand = begun(this.scene(), [0, 0]);
    return this;
  }
  press = (x: number, y: number, held = FREE): this => this.take({ kind: "press", at: [x, y], held });
  move = (x: number, y: number, held = FREE): this => this.take({ kind: "move", at: [x, y], held });
  release = (x: number, y: number, held = FREE): this => this.take({ kind: "release", at: [x, y], held });
  click = (x: number, y: number, held = FREE): this => this.move(x, y, held).press(x, y, held).release(x, y, held);
  drag(from: Point, to: Point, held = FREE): this {
    const half: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    return this.press(...from, held).move(...half, held).move(...to, held).release(...to, held);
  }
  type(text: string): this {
    for (const key of text) this.take({ kind: "type", key });
    return this.take({ kind: "finish" });
  }
  ring(type: Parameters<typeof onlyOf>[1] = "fixture"): unknown {
    return linesOf(onlyOf(this.draft, type))[0];
  }
  text = (): string => JSON.stringify(inOrder(this.draft));
}
const GONDOLA: Point[] = [[4, 4], [12, 4], [12, 5], [4, 5], [4, 4]];

test("one drag is one step, and chooses what it moves", () => {
  const bench = new Bench().drag([8, 4.5], [9, 6.5]);
  assert.deepEqual(bench.steps, ["move G001"]);
  assert.deepEqual(bench.ring(), GONDOLA.map(([x, y]) => [x + 1, y + 2]));
  assert.equal(bench.selection.size, 1);
});

test("a press that hardly slips is a click, and changes nothing", () => {
  const bench = new Bench();
  const before = bench.text();
  bench.drag([8, 4.5], [8.05, 4.52]);
  assert.deepEqual([bench.steps, bench.text(), bench.selection.size], [[], before, 1]);
});

test("Escape in mid-drag gives the start back, and letting go then does nothing", () => {
  const bench = new Bench();
  const before = bench.text();
  bench.press(8, 4.5).move(12, 9).take({ kind: "cancel" }).release(12, 9);
  assert.deepEqual([bench.steps, bench.text(), bench.hand], [[], before, IDLE]);
});

test("a drag out of the outline is refused with a sentence while it lasts; Alt lets it pass", () => {
  const bench = new Bench().press(8, 4.5).move(40, 4.5);
  assert.equal((bench.hand as { veto?: { refused: string } }).veto?.refused, "canvas.leaves_outline");
  bench.release(40, 4.5);
  assert.deepEqual([bench.steps, bench.refusals], [[], ["canvas.leaves_outline"]]);
  assert.deepEqual(new Bench().drag([8, 4.5], [40, 4.5], { ...FREE, alt: true }).steps, ["move G001"]);
});

test("Ctrl while letting go leaves the shape and moves a copy", () => {
  const bench = new Bench().drag([8, 4.5], [8, 8.5], { ...FREE, ctrl: true });
  assert.deepEqual(bench.steps, ["duplicate G002"]);
  assert.equal([...bench.selection].length, 1);
});

test("a moved shape is caught by its corners on those of others", () => {
  const start = hall();
  const draft = done(start.draft, (d) => drawn(d, start.level_id, "node", [[20, 10]]));
  const bench = new Bench({ ...start, draft }, "lines").drag([8, 4.5], [16.1, 9.4]);
  assert.deepEqual(bench.ring(), GONDOLA.map(([x, y]) => [x + 8, y + 5]));
});

test("a rectangle's corner and side are pulled and it stays one; with Ctrl the corner goes alone", () => {
  const pulled = new Bench().click(8, 4.5).drag([12, 5], [14, 6]);
  assert.deepEqual([pulled.steps, pulled.ring()], [["resize G001"], [[4, 4], [14, 4], [14, 6], [4, 6], [4, 4]]]);
  const side = new Bench().click(7, 4.5).drag([8, 5], [9, 7]);
  assert.deepEqual([side.steps, side.ring()], [["resize G001"], [[4, 4], [12, 4], [12, 7], [4, 7], [4, 4]]]);
  const alone = new Bench().click(8, 4.5).drag([12, 5], [14, 6], { ...FREE, ctrl: true });
  assert.deepEqual([alone.steps, alone.ring()], [["reshape G001"], [[4, 4], [12, 4], [14, 6], [4, 5], [4, 4]]]);
});

test("the middle of an outline's edge becomes a corner, and a double click takes it away", () => {
  const bench = new Bench().click(0, 10).drag([15, 20], [15, 22]);
  assert.deepEqual([bench.steps, (bench.ring("level") as unknown[]).length], [["reshape level/0"], 6]);
  bench.take({ kind: "double", at: [15, 22], held: FREE });
  assert.deepEqual([bench.steps[1], (bench.ring("level") as unknown[]).length], ["reshape level/0", 5]);
});

test("the turning handle turns a rectangle to whole degrees of its own", () => {
  const bench = new Bench().click(8, 4.5);
  bench.drag([8, 5.9], [6.6, 4.5]);
  assert.deepEqual([bench.steps, bench.ring()], [["turn G001"], [[8.5, 0.5], [8.5, 8.5], [7.5, 8.5], [7.5, 0.5], [8.5, 0.5]]]);
});

test("a box chooses what lies wholly in it, and a click beside everything chooses nothing", () => {
  const bench = new Bench().drag([2, 2], [14, 8]);
  assert.equal(bench.selection.size, 1);
  assert.equal(new Bench().drag([2, 2], [10, 8]).selection.size, 0);
  assert.equal(bench.click(20, 15).selection.size, 0);
  assert.deepEqual(bench.steps, []);
});

test("Shift adds to the chosen and takes from them", () => {
  const start = hall();
  const bench = new Bench({ ...start, draft: done(start.draft, (d) => drawn(d, start.level_id, "node", [[20, 10]])) });
  bench.click(8, 4.5).click(20, 10, { ...FREE, shift: true });
  assert.equal(bench.selection.size, 2);
  assert.equal(bench.click(20, 10, { ...FREE, shift: true }).selection.size, 1);
});

test("who may only look moves nothing", () => {
  const bench = new Bench(hall(), "off", false).drag([8, 4.5], [9, 6.5]).use("node").click(20, 10);
  assert.deepEqual(bench.steps, []);
});

test("an area is drawn by a drag or by clicks, closed on its first corner", () => {
  assert.deepEqual(new Bench().use("zone").drag([1, 1], [9, 6]).ring("section"), [[1, 1], [9, 1], [9, 6], [1, 6], [1, 1]]);
  const clicked = new Bench().use("zone").click(1, 10).click(6, 10).click(6, 15).click(1.05, 10.05);
  assert.deepEqual([clicked.steps, clicked.ring("section"), clicked.tool], [["draw Z01"], [[1, 10], [6, 10], [6, 15], [1, 10]], "select"]);
});

test("a line ends where it is clicked twice, and takes back points one by one before", () => {
  const bench = new Bench().use("wall").click(15, 10).click(20, 10).click(20, 15);
  bench.take({ kind: "erase" }).click(25, 10).click(25, 10);
  assert.deepEqual([bench.steps, bench.ring("wall")], [["draw W01"], [[15, 10], [20, 10], [25, 10]]]);
});

test("typed measures draw exactly: lengths, angles, sizes and places", () => {
  const sized = new Bench().use("rectangle").click(15, 10).move(14, 12).type("8x0,9");
  assert.deepEqual(linesOf([...sized.draft.features.values()].find((f) => f.properties.key === "G002") as never)[0], [[15, 10], [15, 10.9], [7, 10.9], [7, 10], [15, 10]]);
  const byKeys = new Bench().use("rectangle").type("15;10").type("8x0,9");
  assert.deepEqual(linesOf([...byKeys.draft.features.values()].find((f) => f.properties.key === "G002") as never)[0], [[15, 10], [23, 10], [23, 10.9], [15, 10.9], [15, 10]]);
  const wall = new Bench().use("wall").type("15;10").move(16, 10).type("4.5").type("2<90").take({ kind: "finish" });
  assert.deepEqual(wall.ring("wall"), [[15, 10], [19.5, 10], [19.5, 12]]);
  const locked = new Bench().use("wall").type("15 10").type("<0").click(19, 13).click(19, 13).take({ kind: "finish" });
  assert.deepEqual(locked.ring("wall"), [[15, 10], [19, 10], [19, 13]]);
  const wrong = new Bench().use("wall").type("15;10").type("4x");
  assert.deepEqual(wrong.refusals, ["canvas.not_a_measure"]);
});

test("nodes are set one after another, and a refused one leaves the tool in hand", () => {
  const bench = new Bench().use("node").click(20, 10).click(22, 10).click(40, 10).click(24, 10);
  assert.deepEqual([bench.steps, bench.refusals, bench.tool], [["draw rpi-01", "draw rpi-02", "draw rpi-03"], ["canvas.leaves_outline"], "node"]);
});

test("an area that crosses itself is not drawn, and its points stay to be mended", () => {
  const bench = new Bench().use("zone").click(15, 5).click(20, 10).click(20, 5).click(15, 10);
  bench.take({ kind: "finish" });
  assert.deepEqual([bench.steps, bench.refusals], [[], ["canvas.crosses_itself"]]);
  bench.take({ kind: "erase" }).take({ kind: "finish" });
  assert.deepEqual(bench.steps, ["draw Z01"]);
});

test("a held arrow key is one step, of shapes and of corners", () => {
  const bench = new Bench().click(8, 4.5);
  for (let i = 0; i < 5; i++) bench.take({ kind: "nudge", by: [0.1, 0] });
  bench.take({ kind: "settle" });
  assert.deepEqual([bench.steps, bench.ring()], [["move G001"], GONDOLA.map(([x, y]) => [x + 0.5, y])]);
  bench.take({ kind: "corner", way: 1 }).take({ kind: "corner", way: -1 });
  bench.take({ kind: "nudge", by: [0, 0.3] }).take({ kind: "nudge", by: [0, 0.3] }).take({ kind: "settle" });
  assert.equal(bench.steps[1], "reshape G001");
  assert.equal(bench.hand.kind, "at_corner");
});

test("measuring says lengths and draws nothing", () => {
  const bench = new Bench().use("measure");
  bench.press(1, 1).release(1, 1);
  const { measured } = turnOf(bench.scene(), bench.hand, { kind: "press", at: [4, 5], held: FREE });
  assert.deepEqual(measured, [[1, 1], [4, 5]]);
  assert.equal(bench.take({ kind: "cancel" }).take({ kind: "cancel" }).tool, "select");
});

const point = fc.tuple(fc.integer({ min: -20, max: 320 }), fc.integer({ min: -20, max: 220 })).map(([x, y]): Point => [x / 10, y / 10]);
const held = fc.record({ alt: fc.boolean(), shift: fc.boolean(), ctrl: fc.boolean() });
const event: fc.Arbitrary<HandEvent | ToolName> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom("press", "move", "release", "double"), at: point, held }) as fc.Arbitrary<HandEvent> },
  fc.constantFrom<HandEvent>({ kind: "finish" }, { kind: "cancel" }, { kind: "erase" }, { kind: "settle" }, { kind: "corner", way: 1 }),
  fc.constantFrom<HandEvent>({ kind: "type", key: "3" }, { kind: "type", key: "<" }, { kind: "nudge", by: [0.1, -0.1] }),
  fc.constantFrom<ToolName>("select", "rectangle", "zone", "wall", "opening", "node", "hole", "outline", "measure"),
);

test("whatever the hand does, it ends in steps that fit, and in idle after enough Escapes", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.constantFrom<SnapMode>("lines", "grid", "angles", "off"), (events, snap) => {
      const bench = new Bench(hall(), snap);
      for (const each of events) {
        if (typeof each === "string") bench.use(each);
        else bench.take(each);
        previewOf(bench.scene(), bench.hand);
      }
      for (let i = 0; i < 5; i++) bench.take({ kind: "cancel" });
      assert.deepEqual([bench.hand, isBusy(bench.hand), bench.tool], [IDLE, false, "select"]);
    }),
    { numRuns: 200 },
  );
});
