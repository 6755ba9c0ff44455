import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptInMemory, StoreInMemory, drawn, moved, zone } from "./draft_in_memory.ts";
import { ids, opened, settled } from "./opened_draft.ts";

/** A draft in memory, opened by a first tab. */
async function begun() {
  const server = new StoreInMemory();
  const keeper = new KeptInMemory();
  const first = opened(server, keeper, "first");
  await first.sync.begin();
  return { server, keeper, first };
}

test("steps an ended tab left are offered, not done; done again they are saved, those that no longer fit are asked about", async () => {
  const { server, keeper, first } = await begun();
  first.sync.perform(drawn("a"));
  await settled();
  server.isAway = true;
  first.sync.perform(moved("a", 0, 2));
  first.sync.perform(drawn("b"));
  await settled();
  first.sync.close();
  server.isAway = false;
  server.editedBy("anna", moved("a", 0, 9));
  const second = opened(server, keeper, "second");
  await second.sync.begin();
  await settled();
  assert.equal(second.view().left.length, 2);
  assert.deepEqual(ids(second.view().draft), ["a"]);
  second.sync.settleLeft(true);
  await settled();
  assert.deepEqual(ids(server.draft), ["a", "b"]);
  assert.deepEqual(second.view().clashes.map(({ feature_ids }) => feature_ids), [["a"]]);
  second.sync.settle(false);
  await settled();
  assert.equal(keeper.records.size, 0);
});

test("a step that was saved just before the crash is not offered again", async () => {
  const { server, keeper, first } = await begun();
  server.losesAnswers = 1;
  first.sync.perform(drawn("a"));
  first.sync.close();
  await settled();
  assert.equal(server.edits.length, 1);
  assert.equal(keeper.records.size, 1);
  const second = opened(server, keeper, "second");
  await second.sync.begin();
  await settled();
  assert.deepEqual(second.view().left, []);
});

test("what a tab leaves that seemed to live a moment longer is offered when it ends, but for what was saved meanwhile", async () => {
  const { server, keeper, first } = await begun();
  keeper.living.add("first");
  server.losesAnswers = 1;
  first.sync.perform(drawn("a"));
  await settled();
  server.isAway = true;
  first.sync.perform(drawn("b"));
  await settled();
  const record = structuredClone(keeper.records.get("first"));
  first.sync.close();
  server.isAway = false;
  const second = opened(server, keeper, "second");
  await second.sync.begin();
  await settled();
  assert.deepEqual(second.view().left, []);
  second.sync.perform(drawn("c"));
  await settled();
  assert.ok(record);
  keeper.records.set("first", record);
  await keeper.end("first");
  await settled();
  assert.equal(second.view().left.length, 1);
  assert.deepEqual([...keeper.records.keys()], ["second"], "kept on as the living tab's");
  second.sync.settleLeft(true);
  await settled();
  assert.deepEqual(ids(server.draft), ["a", "b", "c"]);
  assert.equal(keeper.records.size, 0);
});

test("a step of an earlier visit that was saved after all is not done twice", async () => {
  const { server, keeper, first } = await begun();
  server.losesAnswers = 1;
  first.sync.perform(drawn("a"));
  first.sync.close();
  await settled();
  server.editedBy("anna", { kind: "remove", what: "a", changes: [{ before: zone("a", 0), after: null }] });
  server.tellsOf = 0;
  const second = opened(server, keeper, "second");
  await second.sync.begin();
  second.sync.settleLeft(true);
  await settled();
  assert.deepEqual([second.view().state, server.edits.length], ["saved", 2]);
  assert.deepEqual(ids(second.view().draft), []);
});

test("where the server is away again by then, what was left is offered all the same, and taken back if it was saved after all", async () => {
  const { server, keeper, first } = await begun();
  server.losesAnswers = 1;
  first.sync.perform(drawn("a"));
  first.sync.close();
  await settled();
  let end: () => void = () => undefined;
  const pause = (): Promise<void> => new Promise((resolve) => (end = resolve));
  const second = opened(server, keeper, "second", pause);
  server.tellsOf = 0;
  await second.sync.refresh(); // the connection is told of before what was kept has been read
  server.isAway = true;
  await second.sync.begin();
  assert.deepEqual([second.view().state, second.view().left.map(({ step }) => step.what)], ["waiting", ["a"]]);
  server.isAway = false;
  end();
  await settled();
  assert.equal(second.view().state, "saved");
  second.sync.settleLeft(true);
  await settled();
  assert.deepEqual([server.edits.length, ids(server.draft)], [1, ["a"]]);
});
