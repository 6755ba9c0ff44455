import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrder } from "../src/in_order.ts";

function shownBy() {
  const shown: string[] = [];
  return { shown, order: inOrder<string>((value) => shown.push(value)) };
}

test("an answer from before what was told since is dropped", () => {
  const { shown, order } = shownBy();
  const answer = order.asked();
  order.told("somebody calls");
  answer("nobody calls");
  assert.deepEqual(shown, ["somebody calls"]);
});

test("of two answers the one asked for later stays, whichever comes first", () => {
  const { shown, order } = shownBy();
  const [first, second] = [order.asked(), order.asked()];
  second("second");
  first("first");
  assert.deepEqual(shown, ["second"]);
  const [third, fourth] = [order.asked(), order.asked()];
  third("third");
  fourth("fourth");
  assert.deepEqual(shown, ["second", "third", "fourth"]);
});

test("everything told is shown, and what is asked for afterwards too", () => {
  const { shown, order } = shownBy();
  order.told("one");
  order.told("two");
  order.asked()("three");
  order.told("four");
  assert.deepEqual(shown, ["one", "two", "three", "four"]);
});
