/** How much room there is: what stands beside the plan and what over a part of it, and what the person has opened or closed. */
import { type ReadonlySignal, computed, signal } from "@preact/signals";
import { draft, selection } from "./editing.ts";

function follows(query: string): ReadonlySignal<boolean> {
  const media = matchMedia(query);
  const isSo = signal(media.matches);
  media.addEventListener("change", () => (isSo.value = media.matches));
  return isSo;
}

/** A desktop at 200 % draws; on a phone held upright a finger moves the plan, and what is chosen is changed in its fields. */
export const canDraw = follows("(min-width: 38rem)");
/** A tablet: the panels can be closed, and problems are one line until they are asked for. */
export const isSnug = follows("(max-width: 70em)");
/** Held upright, or smaller: the panels are a sheet below the plan. */
export const isUpright = follows("(max-width: 60em)");

/** What the person last asked for; null while that is left to us. */
const askedForPanel = signal<boolean | null>(null);
const askedForProblems = signal<boolean | null>(null);

/** A sheet comes up with what is chosen, or with the first steps of an empty plan, and takes no room from the plan before. */
export const isPanelOpen = computed(
  () => !isSnug.value || (askedForPanel.value ?? (!isUpright.value || selection.value.size > 0 || draft.value?.features.size === 0)),
);

/** The list of problems, where there is something to look at. */
export const areProblemsOpen = (isWorthIt: boolean): boolean => askedForProblems.value ?? (!isSnug.value && isWorthIt);

/** One at a time where both would leave the plan no room. */
export function openPanel(isOpen: boolean): void {
  askedForPanel.value = isOpen;
  if (isOpen && isUpright.value) askedForProblems.value = false;
}

export function openProblems(isOpen: boolean): void {
  askedForProblems.value = isOpen;
  if (isOpen && isUpright.value) askedForPanel.value = false;
}
