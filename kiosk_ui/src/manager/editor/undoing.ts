/** Taking back and doing again: one's own steps alone, each a step of its own that names the one it is about. */
import { computed } from "@preact/signals";
import { turnedRound } from "./draft.ts";
import { perform, userName, view } from "./editing.ts";
import { stacksOf } from "./taken_back.ts";

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
