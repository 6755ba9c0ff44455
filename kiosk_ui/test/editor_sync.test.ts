import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused, Unreachable } from "../src/requests.ts";
import { KeptInMemory, StoreInMemory, drawn, moved, zone } from "./draft_in_memory.ts";
import { ids, opened, settled } from "./opened_draft.ts";

test("steps are shown at once and saved in order", async () => {
  const server = new StoreInMemory();
  const { sync, view } = opened(server);
  await sync.begin();
  sync.perform(drawn("a"));
  sync.perform(moved("a", 0, 5));
  assert.deepEqual(ids(view().draft), ["a"]);
  assert.equal(view().state, "saving");
  await settled();
  assert.equal(view().state, "saved");
  assert.deepEqual(server.edits.map(({ edit }) => edit.kind), ["draw", "move"]);
  assert.deepEqual(view().draft.features, server.draft.features);
});

test("a step whose answer was lost is sent again and counts once", async () => {
  const server = new StoreInMemory();
  const { sync, view } = opened(server);
  await sync.begin();
  server.losesAnswers = 2;
  sync.perform(drawn("a"));
  await settled();
  assert.equal(server.edits.length, 1);
  assert.equal(view().state, "saved");
  assert.equal(view().revision, 1);
});

test("without a connection steps wait, and say how many", async () => {
  const server = new StoreInMemory();
  const { sync, view } = opened(server);
  await sync.begin();
  server.isAway = true;
  for (const id of ["a", "b", "c"]) sync.perform(drawn(id));
  await settled();
  assert.deepEqual([view().state, view().waiting], ["waiting", 3]);
  assert.deepEqual(ids(view().draft), ["a", "b", "c"]);
  server.isAway = false;
  sync.wake();
  await settled();
  assert.deepEqual([view().state, server.edits.length], ["saved", 3]);
});

test("a server that is heard of again is asked at once, however long the next try was to wait", async () => {
  const server = new StoreInMemory();
  const { sync, view } = opened(server, new KeptInMemory(), "tab", () => new Promise(() => undefined));
  await sync.begin();
  server.isAway = true;
  sync.perform(drawn("a"));
  await settled();
  assert.equal(view().state, "waiting");
  server.isAway = false;
  void sync.refresh();
  await settled();
  assert.deepEqual([view().state, server.edits.length], ["saved", 1]);
});

test("what others did to other shapes comes in under mine", async () => {
  const server = new StoreInMemory();
  const { sync, view } = opened(server);
  await sync.begin();
  server.editedBy("anna", drawn("hers"));
  sync.perform(drawn("mine"));
  await settled();
  assert.deepEqual(ids(view().draft), ["hers", "mine"]);
  assert.equal(view().clashes.length, 0);
  server.editedBy("anna", moved("hers", 0, 3));
  sync.changedBy("anna", "d1", 3);
  await settled();
  assert.deepEqual(view().draft.features, server.draft.features);
});

for (const isMine of [false, true]) {
  test(`a step on a shape somebody else changed is never sent: ${isMine ? "mine is made again on top" : "theirs is kept"} when asked`, async () => {
    const server = new StoreInMemory();
    const { sync, view } = opened(server);
    await sync.begin();
    sync.perform(drawn("a"));
    await settled();
    server.editedBy("anna", moved("a", 0, 7));
    sync.perform(moved("a", 0, 2));
    await settled();
    assert.deepEqual(server.draft.features.get("a"), zone("a", 7), "hers is untouched");
    assert.deepEqual(view().draft.features.get("a"), zone("a", 7), "and shown");
    assert.deepEqual(view().clashes.map(({ feature_ids, author }) => [feature_ids, author]), [[["a"], "anna"]]);
    sync.settle(isMine);
    await settled();
    assert.deepEqual(server.draft.features.get("a"), zone("a", isMine ? 2 : 7));
    assert.equal(view().clashes.length, 0);
  });
}

test("a step the server refuses is taken back and told with its words; what stood on it clashes", async () => {
  const server = new StoreInMemory();
  const { sync, view } = opened(server);
  await sync.begin();
  server.refusal = new Refused(422, "too many shapes");
  sync.perform(drawn("a"));
  await settled();
  assert.deepEqual(view().refused.map(({ detail }) => detail), ["too many shapes"]);
  assert.deepEqual(ids(view().draft), []);
});

for (const how of ["published", "discarded"] as const) {
  test(`when the draft is ${how} the new one is shown, with who did it, and what waited is offered`, async () => {
    const server = new StoreInMemory();
    const { sync, view } = opened(server);
    await sync.begin();
    sync.perform(drawn("a"));
    await settled();
    server.isAway = true;
    sync.perform(drawn("b"));
    await settled();
    server.isAway = false;
    server.draft_id = "d2";
    server.edits = [];
    if (how === "published") server.published_version++;
    sync.changedBy("anna", "d1", 1);
    await settled();
    assert.deepEqual([view().draft_id, view().ended], ["d2", { how, author: "anna" }]);
    assert.deepEqual(view().left.map(({ step }) => step.what), ["b"]);
    sync.perform(drawn("c"));
    assert.equal(view().ended, null, "told until somebody draws");
    await settled();
  });
}

test("a draft nobody has drawn in follows what is published, and says so", async () => {
  const server = new StoreInMemory();
  const { sync, view } = opened(server);
  await sync.begin();
  server.draft_id = "d2";
  server.published_version = 7;
  await sync.refresh();
  await settled();
  assert.deepEqual([view().published_version, view().ended], [7, { how: "followed", author: null }]);
});

test("a version published beside the draft is learnt of when the server is asked again, and the draft stays", async () => {
  const server = new StoreInMemory();
  const { sync, view } = opened(server);
  await sync.begin();
  sync.perform(drawn("a"));
  await settled();
  server.published_version = 3;
  await sync.refresh();
  await settled();
  assert.deepEqual([view().published_version, view().base_version, view().ended, view().draft_id], [3, 0, null, "d1"]);
  assert.deepEqual(ids(view().draft), ["a"]);
});

test("a step names what it takes back by the number that was given out in the end", async () => {
  const server = new StoreInMemory();
  const { sync, view } = opened(server);
  await sync.begin();
  server.isAway = true;
  sync.perform(drawn("a"));
  const target = view().edits.at(-1)?.edit.edit_id as string;
  sync.perform({ kind: "draw", what: "a", changes: [{ before: zone("a", 0), after: null }] }, { undoes: target });
  assert.deepEqual(view().edits.map(({ revision, edit }) => [revision, edit.undoes]), [[1, null], [2, 1]]);
  await settled();
  server.editedBy("anna", drawn("hers"));
  server.isAway = false;
  sync.wake();
  await settled();
  assert.deepEqual(server.edits.map(({ edit }) => edit.undoes), [null, null, 2]);
});

test("an unexpected refusal ends the trying and is told", async () => {
  const server = new StoreInMemory();
  const { sync, failed } = opened(server);
  await sync.begin();
  server.refusal = new Refused(401, "Sign in first.");
  sync.perform(drawn("a"));
  await settled();
  assert.equal(failed.length, 1);
});

test("a draft that cannot be loaded says so, and is shown once it can", async () => {
  const server = new StoreInMemory();
  server.isAway = true;
  const { sync, failed, view } = opened(server);
  const begun = sync.begin();
  await settled();
  assert.ok(failed[0] instanceof Unreachable);
  assert.equal(view(), undefined);
  server.isAway = false;
  sync.wake();
  await begun;
  assert.equal(view().state, "saved");
});
