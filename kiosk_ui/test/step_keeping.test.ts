import assert from "node:assert/strict";
import { test } from "node:test";
import { StepKeeping } from "../src/manager/editor/step_keeping.ts";
import type { KeptSteps } from "../src/manager/editor/unsent_steps.ts";
import { KeptInMemory, drawn } from "./draft_in_memory.ts";

/** A keeper that has written down nothing before it is told that it has. */
class SlowKeeper extends KeptInMemory {
  private finish: (() => void)[] = [];
  isBroken = false;
  override async keep(kept: KeptSteps) {
    if (this.isBroken) throw new Error("the storage is full");
    await new Promise<void>((resolve) => this.finish.push(resolve));
    await super.keep(kept);
  }
  writing = (): number => this.finish.length;
  finishOne(): void {
    this.finish.shift()?.();
  }
}

const kept = (...ids: string[]): KeptSteps => ({
  ...{ tab_id: "tab", user_name: "me", draft_id: "d1" },
  steps: ids.map((edit_id) => ({ edit_id, step: drawn(edit_id), undoes: null, redoes: null, made_at: "2026-01-01T00:00:00Z" })),
});
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a page is guarded only while a step is neither on the server nor written down", async () => {
  const keeper = new SlowKeeper();
  let isGuarded = false;
  const keeping = new StepKeeping(keeper, (isUnsafe) => (isGuarded = isUnsafe));
  void keeping.write(kept("a"));
  void keeping.write(kept("a", "b"));
  assert.equal(isGuarded, true);
  assert.equal(keeper.writing(), 2, "the second does not wait for the first: the page may go at any moment");
  keeper.finishOne();
  await settled();
  assert.equal(isGuarded, true, "the second is not written yet");
  keeper.finishOne();
  await settled();
  assert.equal(isGuarded, false);
  assert.deepEqual(keeper.records.get("tab")?.steps.map(({ edit_id }) => edit_id), ["a", "b"]);
  // The server has one of them: nothing new is to be written down before the page may go.
  void keeping.write(kept("b"));
  assert.equal(isGuarded, false);
});

test("where nothing can be written down the page is guarded until the server has the step", async () => {
  const keeper = new SlowKeeper();
  keeper.isBroken = true;
  let isGuarded = false;
  const keeping = new StepKeeping(keeper, (isUnsafe) => (isGuarded = isUnsafe));
  await keeping.write(kept("a"));
  assert.deepEqual([isGuarded, keeping.isKeeping], [true, false]);
  await keeping.write(kept());
  assert.deepEqual([isGuarded, keeping.isKeeping], [false, true]);
});
