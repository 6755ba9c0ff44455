import assert from "node:assert/strict";
import { test } from "node:test";
import { areOverlapping, fittingLabels, shiftIntoSight } from "../src/plan_labels.ts";

const box = (x: number, y: number) => ({ x, y, width: 40, height: 16 });

test("labels that are shown never touch each other or a taken place", () => {
  const wanted = Array.from({ length: 60 }, (_, i) => box((i * 37) % 200, (i * 23) % 120));
  const taken = [box(100, 60)];
  const shown = fittingLabels(wanted, taken);
  assert.ok(shown.length > 3);
  for (const [i, label] of shown.entries()) {
    for (const other of [...taken, ...shown.slice(i + 1)]) assert.equal(areOverlapping(label, other), false);
  }
});

test("a label whose place is taken moves up or down before it is left out", () => {
  const [moved] = fittingLabels([box(0, 0)], [{ ...box(0, 0), width: 10, height: 10 }]);
  assert.ok(moved);
  assert.equal(moved.x, 0);
  assert.notEqual(moved.y, 0);
});

test("a label with no room nearby is left out", () => {
  assert.deepEqual(fittingLabels([box(0, 0)], [{ x: 0, y: 0, width: 500, height: 500 }]), []);
});

test("words beside a place are moved only as far as it takes for none of them to be cut", () => {
  const [width, room] = [100, 320];
  for (let x = 0; x <= room; x += 10) {
    const shift = shiftIntoSight(x, width, room);
    const [left, right] = [x + shift - width / 2, x + shift + width / 2];
    assert.ok(left >= 0 && right <= room, `cut at ${x}`);
    if (x >= 50 && x <= 270) assert.equal(shift, 0);
  }
});

test("words wider than the plan are cut on both sides alike", () => {
  assert.equal(shiftIntoSight(10, 400, 320), 150);
});

test("words of a place that is not in sight stay with it", () => {
  assert.equal(shiftIntoSight(-1, 100, 320), 0);
  assert.equal(shiftIntoSight(321, 100, 320), 0);
});
