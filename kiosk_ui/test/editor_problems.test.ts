import assert from "node:assert/strict";
import { test } from "node:test";
import { type KnownProblems, knownAfter, listAfter } from "../src/manager/editor/problem_list.ts";
import type { DraftProblem, ProblemsChange } from "../src/wire.gen.ts";

const problem = (problem_id: string, words = "Mend it."): DraftProblem => ({ problem_id, words, severity: "warning" }) as DraftProblem;
const list = (ids: string): DraftProblem[] => [...ids].map((id) => problem(id));
const change = (from_list_id: string | null, parts: Partial<ProblemsChange> = {}): ProblemsChange => ({
  ...{ revision: 2, list_id: "after", from_list_id, gone: [], come: [] },
  ...parts,
});
const known: KnownProblems = { draft_id: "d", revision: 1, list_id: "before", problems: list("abc") };

test("what is gone is taken out, then what has come is put at its places", () => {
  const come = [{ at: 0, problem: problem("x") }, { at: 2, problem: problem("b", "Worse now.") }, { at: 3, problem: problem("y") }];
  const after = listAfter(known.problems, { gone: ["a", "b"], come });
  assert.deepEqual(after.map(({ problem_id }) => problem_id), ["x", "c", "b", "y"]);
  assert.equal(after[2]?.words, "Worse now.");
});

test("problems that stay are the very same ones, so that nothing of them is drawn again", () => {
  assert.equal(listAfter(known.problems, { gone: [], come: [] }), known.problems);
  assert.equal(listAfter(known.problems, { gone: ["a"], come: [] })[0], known.problems[1]);
});

test("a change of the list that is known makes the next one", () => {
  assert.deepEqual(knownAfter(known, "d", change("before", { gone: ["b"] })), {
    ...{ draft_id: "d", revision: 2, list_id: "after" },
    problems: list("ac"),
  });
});

test("a change of another list, or of an older draft, is not taken", () => {
  assert.equal(knownAfter(known, "d", change("another")), null);
  assert.equal(knownAfter(null, "d", change("before")), null);
  assert.equal(knownAfter({ ...known, revision: 3 }, "d", change("before")), null);
});

test("all problems told anew are taken whatever was known", () => {
  const all = change(null, { come: [{ at: 0, problem: problem("z") }] });
  assert.deepEqual(knownAfter(known, "d", all)?.problems, list("z"));
  assert.deepEqual(knownAfter(null, "d", all)?.problems, list("z"));
  assert.equal(knownAfter({ ...known, draft_id: "ended", revision: 9 }, "d", all)?.revision, 2);
});
