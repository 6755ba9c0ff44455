/** Taking back and doing again: one's own steps alone, each a step of its own that names the one it is about. */
import { computed } from "@preact/signals";
import type { SavedEdit } from "../../wire.gen.ts";
import { turnedRound } from "./draft.ts";
import { perform, userName, view } from "./editing.ts";

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

const stacks = computed(() => stacksOf(view.value?.edits ?? [], userName.value));
export const undoable = computed(() => stacks.value.done.at(-1) ?? null);
export const redoable = computed(() => stacks.value.undone.at(-1) ?? null);

export function undo(): void {
  const last = undoable.value;
  if (last) perform(turnedRound(last.edit), { undoes: last.edit.edit_id });
}

export function redo(): void {
  const last = redoable.value;
  if (last) perform(turnedRound(last.edit), { redoes: last.edit.edit_id });
}
