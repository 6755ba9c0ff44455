/** The list of problems this page knows, and what the server tells of how it changed: with each step only that is sent. Pure. */
import type { DraftProblem, DraftProblems, ProblemsChange } from "../../wire.gen.ts";

/** The problems of one draft at a revision of it. */
export interface KnownProblems extends Omit<DraftProblems, "problems"> {
  readonly draft_id: string;
  readonly problems: readonly DraftProblem[];
}

/** The list after a change of it; the very same list where nothing changed. */
export function listAfter(list: readonly DraftProblem[], { gone, come }: Pick<ProblemsChange, "gone" | "come">): readonly DraftProblem[] {
  if (gone.length === 0 && come.length === 0) return list;
  const isGone = new Set(gone);
  const after = list.filter(({ problem_id }) => !isGone.has(problem_id));
  for (const { at, problem } of come) after.splice(at, 0, problem);
  return after;
}

/** What is known after a change; null where it is of a list this page does not have, or comes too late. */
export function knownAfter(known: KnownProblems | null, draft_id: string, change: ProblemsChange): KnownProblems | null {
  const { revision, list_id, from_list_id } = change;
  if (from_list_id !== null && from_list_id !== known?.list_id) return null;
  if (known?.draft_id === draft_id && known.revision > revision) return null;
  return { draft_id, revision, list_id, problems: listAfter(from_list_id === null ? [] : (known?.problems ?? []), change) };
}
