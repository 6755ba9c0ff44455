/** What is wrong with the draft: told with each step's answer, asked for where others have changed it. The server's checks count. */
import { effect, signal } from "@preact/signals";
import { troubleWords } from "../../parts/trouble.tsx";
import type { DraftProblem } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { partsOf } from "./draft.ts";
import { askMend, loadProblems } from "./draft_requests.ts";
import { canvas, draft, goTo, perform, problems, said, view } from "./editing.ts";

export { problems };
export const problemsTrouble = signal<string | null>(null);
export const shownProblem = signal<DraftProblem | null>(null);

let isAsking = false;
let wanted = "";

async function check(): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  try {
    let asked = "";
    while (asked !== wanted) {
      asked = wanted;
      const draft_id = view.peek()?.draft_id ?? "";
      const found = await loadProblems();
      const known = problems.peek();
      // A step's answer may have been quicker, and tell of more.
      if (known?.draft_id !== draft_id || known.revision <= found.revision) problems.value = { ...found, draft_id };
      problemsTrouble.value = null;
    }
  } catch (error) {
    problemsTrouble.value = troubleWords(error);
  } finally {
    isAsking = false;
  }
}

effect(() => {
  const now = view.value;
  if (!now) {
    problems.value = null;
    wanted = "";
    return;
  }
  const next = `${now.draft_id} ${now.revision}`;
  if (now.state !== "saved" || next === wanted) return;
  wanted = next;
  const known = problems.peek();
  // Told with the step's own answer, mostly.
  if (known?.draft_id === now.draft_id && known.revision === now.revision) problemsTrouble.value = null;
  else void check();
});

/** The shapes it names. */
function shapesOf(problem: DraftProblem) {
  const keys = new Set(problem.feature_keys);
  const drawn = draft.value ? partsOf(draft.value).drawn : [];
  return drawn.filter(
    ({ properties }) => keys.has(properties.key) && (problem.level_id ?? properties.level_id) === properties.level_id,
  );
}

export function showProblem(problem: DraftProblem): void {
  shownProblem.value = problem;
  const shapes = shapesOf(problem);
  if (shapes.length > 0) goTo(shapes);
  const { x_m, y_m } = problem;
  if (x_m !== null && y_m !== null) setTimeout(() => canvas.current?.showPlace(x_m, y_m));
}

/** Does what mends the problem, as a step that can be taken back. */
export async function mend(problem: DraftProblem): Promise<void> {
  const now = view.value;
  if (!now) return;
  try {
    const step = await askMend({ draft_id: now.draft_id, revision: now.revision, problem_id: problem.problem_id });
    if (!perform(step)) return;
    shownProblem.value = null;
    goTo(step.changes.flatMap(({ after }) => (after && after.feature_type !== "shelf_slot" ? [after] : [])));
  } catch (error) {
    said.value = troubleWords(error);
  }
}

/** The warning is meant so, or is one again. */
export function accept(problem: DraftProblem, isAccepted: boolean): void {
  const header = draft.value?.header;
  if (!header) return;
  const others = header.accepted.filter((id) => id !== problem.problem_id);
  const after = { ...header, accepted: isAccepted ? [...others, problem.problem_id] : others };
  const what = (problem.feature_keys.join(", ") || problem.rule).slice(0, 100);
  perform({ kind: "accept", what, changes: [], header: { before: header, after } });
}

/** Errors and warnings that are not meant so, for badges. */
export function counted(list: readonly DraftProblem[]): { errors: number; warnings: number } {
  const open = list.filter((problem) => !problem.is_accepted);
  const errors = open.filter((problem) => problem.severity === "error").length;
  return { errors, warnings: open.length - errors };
}

export const problemCount = (): string => say("manager.problem_count", counted(problems.value?.problems ?? []));
