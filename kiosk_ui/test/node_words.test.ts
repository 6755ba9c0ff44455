import "../src/store_words.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeHealth, judgeNode } from "../src/staff/node_words.ts";
import type { NodeHealth, NodeOverview } from "../src/wire.gen.ts";

const health: NodeHealth = {
  radio: "listening",
  scan_mode: "passive",
  advertisements_per_s: 111.6,
  last_heard_s: 0.1,
  radio_restarts: 0,
  sightings_dropped: 0,
  queue_length: 0,
  clock_skew_s: 0.1,
  software_version: "0.1.0",
};
const node: NodeOverview = {
  node_key: "rpi-01",
  state: "confirmed",
  fingerprint: "6668-7aad-f862-bd77-6c8f-c18b",
  last_batch_at: "2026-11-24T10:00:00Z",
  health,
};

test("a node heard from a moment ago is at work, one not heard from is said so", () => {
  assert.equal(judgeNode(node, "2026-11-24T10:00:05Z").mood, "good");
  assert.equal(judgeNode(node, "2026-11-24T10:01:00Z").words, "Not heard from");
  assert.equal(judgeNode({ ...node, last_batch_at: null }, "2026-11-24T10:01:00Z").mood, "bad");
});

test("a node that waits for its manager asks for attention, a revoked one does not", () => {
  assert.equal(judgeNode({ ...node, state: "pending" }, "2026-11-24T10:00:05Z").mood, "bad");
  assert.equal(judgeNode({ ...node, state: "revoked" }, "2026-11-24T10:00:05Z").mood, "quiet");
});

test("a healthy radio says how much it hears and nothing else", () => {
  assert.deepEqual(judgeHealth(health), { words: "Listening, 112 packets a second", mood: "good" });
});

test("a wrong clock and lost sightings are said", () => {
  const verdict = judgeHealth({ ...health, clock_skew_s: -14.2, sightings_dropped: 3 });
  assert.equal(verdict.mood, "bad");
  assert.match(verdict.words, /off by 14 s · 3 sightings lost/);
});

test("no report is not taken for a good one", () => {
  assert.equal(judgeHealth(null).mood, "quiet");
});
