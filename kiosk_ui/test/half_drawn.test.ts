import assert from "node:assert/strict";
import { test } from "node:test";
import { beginDrawing } from "../src/manager/editor/drawing_gesture.ts";
import { halfDrawn, layAside, letGo, takenUp } from "../src/manager/editor/half_drawn.ts";
import { type Drawing, IDLE } from "../src/manager/editor/interaction.ts";

const drawing: Drawing = { ...beginDrawing("zone", [2, 2]), points: [[0, 0], [2, 0]], typed: "1.", angle_deg: 90 };

test("what is half drawn is taken up with its tool on its level, once, as it was", () => {
  layAside(drawing, "L");
  assert.equal(takenUp("wall", "L"), null);
  assert.equal(takenUp("zone", "another"), null);
  assert.deepEqual(takenUp("zone", "L"), drawing);
  assert.equal(takenUp("zone", "L"), null);
});

test("only what has a point is laid aside, and nothing takes its place but another that has one", () => {
  layAside(drawing, "L");
  layAside(IDLE, "L");
  layAside(beginDrawing("wall", [5, 5]), "L");
  // The button is still down: whether it is a point or the beginning of a drag, nobody knows.
  layAside({ ...beginDrawing("wall", [5, 5]), points: [[5, 5]], pressed: [5, 5], isBeginning: true }, "L");
  assert.equal(halfDrawn.value?.drawing.tool, "zone");
  layAside({ ...beginDrawing("wall", [5, 5]), points: [[5, 5]] }, "L");
  assert.equal(halfDrawn.value?.drawing.tool, "wall");
  letGo();
  assert.equal(halfDrawn.value, null);
});
