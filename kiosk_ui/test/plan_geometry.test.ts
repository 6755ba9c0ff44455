import assert from "node:assert/strict";
import { test } from "node:test";
import { chevronsAlong } from "../src/path_chevrons.ts";
import { type Point, centroid, frameWithUp, shelfFace, spanInside } from "../src/plan_frame.ts";

function assertNear(found: Point, wanted: Point): void {
  assert.ok(Math.hypot(found[0] - wanted[0], found[1] - wanted[1]) < 1e-9, `${found} is not ${wanted}`);
}

test("the direction a kiosk faces is up", () => {
  assertNear(frameWithUp(0).turn(0, 1), [0, 1]);
  assertNear(frameWithUp(90).turn(1, 0), [0, 1]);
  assertNear(frameWithUp(180).turn(0, -1), [0, 1]);
  assertNear(frameWithUp(270).turn(-1, 0), [0, 1]);
});

test("turning keeps distances", () => {
  const [x, y] = frameWithUp(37).turn(3, 4);
  assert.ok(Math.abs(Math.hypot(x, y) - 5) < 1e-9);
});

test("a straight path has a chevron each spacing, its tip towards the end", () => {
  const chevrons = chevronsAlong([[0, 0], [10, 0]], 2, 0.4);
  assert.equal(chevrons.length, 5);
  for (const [left, tip, right] of chevrons) {
    assert.ok(tip[0] > left[0] && tip[0] > right[0]);
    assertNear([left[0], left[1]], [right[0], -right[1]]);
  }
});

test("no chevron reaches round a corner or past the end", () => {
  const path: Point[] = [[0, 0], [3, 0], [3, 5]];
  for (const points of chevronsAlong(path, 0.5, 0.4)) {
    for (const [x, y] of points) assert.ok(x <= 3.4 + 1e-9 && y >= -0.4 - 1e-9 && y <= 5 + 1e-9);
  }
});

test("a path of one point or of no length has no chevrons", () => {
  assert.deepEqual(chevronsAlong([[1, 1]], 1, 0.3), []);
  assert.deepEqual(chevronsAlong([[1, 1], [1, 1]], 1, 0.3), []);
  assert.deepEqual(chevronsAlong([], 1, 0.3), []);
});

const shelf: Point[] = [[0, 0], [4, 0], [4, 1], [0, 1], [0, 0]];

test("the glowing face lies on the edge the product stands at", () => {
  assert.deepEqual(shelfFace(shelf, 2, -0.1, 0.5), [[1.5, 0], [2.5, 0]]);
  assert.deepEqual(shelfFace(shelf, 2, 1, 0.5), [[2.5, 1], [1.5, 1]]);
});

test("the glowing face ends at the shelf's corner", () => {
  assert.deepEqual(shelfFace(shelf, 0.2, 0, 0.5), [[0, 0], [0.7, 0]]);
});

test("a ring without edges has no face", () => {
  assert.equal(shelfFace([[1, 1]], 1, 1, 0.5), null);
});

test("a name is written at the centre of gravity, wherever the plan lies", () => {
  assertNear(centroid(shelf), [2, 0.5]);
  assertNear(centroid([[1, 1], [1, 1], [1, 1]]), [1, 1]);
  const far = shelf.map(([x, y]): Point => [x + 90_000, y - 90_000]);
  assertNear(centroid(far), [90_002, -89_999.5]);
});

test("a frame is moved into the plan, not stretched; where it is longer than the plan, the plan is in its middle", () => {
  assert.deepEqual(spanInside([2, 6], [0, 10]), [2, 6]);
  assert.deepEqual(spanInside([-3, 1], [0, 10]), [0, 4]);
  assert.deepEqual(spanInside([8, 12], [0, 10]), [6, 10]);
  assert.deepEqual(spanInside([5, 19], [0, 10]), [-2, 12]);
});
