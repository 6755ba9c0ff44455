import assert from "node:assert/strict";
import { test } from "node:test";
import { isFetchedNewer, judgePushed } from "../src/state_versions.ts";

const at = (second: number): string => new Date(Date.UTC(2026, 10, 24, 10, 0, second)).toISOString();

test("the first state and the next one are taken", () => {
  assert.equal(judgePushed(null, { version: 7, at: at(0) }), "take");
  assert.equal(judgePushed({ version: 7, at: at(0) }, { version: 8, at: at(1) }), "take");
});

test("a state after a gap is taken and the whole is fetched", () => {
  assert.equal(judgePushed({ version: 7, at: at(0) }, { version: 9, at: at(1) }), "take_and_fetch");
});

test("a state already shown or older is ignored", () => {
  assert.equal(judgePushed({ version: 7, at: at(5) }, { version: 7, at: at(5) }), "ignore");
  assert.equal(judgePushed({ version: 7, at: at(5) }, { version: 6, at: at(4) }), "ignore");
});

test("a server that starts counting anew is believed", () => {
  assert.equal(judgePushed({ version: 700, at: at(5) }, { version: 1, at: at(6) }), "take_and_fetch");
});

test("a fetched state loses to one pushed while it was on its way", () => {
  assert.equal(isFetchedNewer({ version: 8, at: at(5) }, { version: 7, at: at(4) }), false);
  assert.equal(isFetchedNewer({ version: 8, at: at(5) }, { version: 8, at: at(6) }), true);
  assert.equal(isFetchedNewer(null, { version: 0, at: at(0) }), true);
});
