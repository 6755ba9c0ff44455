/** Which steps can be taken back and done again, told from the draft's own list of them: so it is the same after a reload. Pure. */
import type { SavedEdit } from "../../wire.gen.ts";

interface Stacks {
  readonly done: readonly SavedEdit[];
  readonly undone: readonly SavedEdit[];
}

/** What of these can be taken back, and done again; the last first to go. */
export function stacksOf(edits: readonly SavedEdit[], author: string | null): Stacks {
  let done: SavedEdit[] = [];
  let undone: SavedEdit[] = [];
  for (const saved of edits) {
    if (saved.author !== author) continue;
    const { undoes, redoes } = saved.edit;
    if (undoes !== null) {
      done = done.filter(({ revision }) => revision !== undoes);
      undone.push(saved);
    } else if (redoes !== null) {
      undone = undone.filter(({ revision }) => revision !== redoes);
      done.push(saved);
    } else {
      done.push(saved);
      undone = [];
    }
  }
  return { done, undone };
}
