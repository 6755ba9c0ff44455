/** The editor's keys, for wherever the focus is: letters choose tools, Ctrl takes back, does again and searches, F2 goes to what is said of a shape. */
import { tool } from "./editing.ts";
import { showTab } from "./side_panels.tsx";
import { TOOLS } from "./tools.tsx";
import { redo, undo } from "./undoing.ts";

const TYPED_INTO = "input:not([type='checkbox'], [type='range']), select, textarea, [contenteditable]";

function withControl(event: KeyboardEvent, isTyping: boolean): (() => void) | null {
  const key = event.key.toLowerCase();
  if (key === "f") return () => document.querySelector<HTMLInputElement>("[data-testid='find']")?.focus();
  if (isTyping) return null; // a field takes back its own letters
  if (key === "z") return event.shiftKey ? redo : undo;
  return key === "y" ? redo : null;
}

/** From the plan, where Tab goes from shape to shape, to the properties of what is chosen; and back to it. */
function changeSides(): void {
  const isBeside = document.activeElement?.closest(".side") !== null;
  if (!isBeside) showTab("properties");
  // Once the properties are shown.
  setTimeout(() => document.querySelector<HTMLElement>(isBeside ? "[data-testid='plan']" : "#side-panel")?.focus());
}

/** What the key does; null where it is none of the editor's, or a dialog is open. */
export function actionOf(event: KeyboardEvent, isEditable: boolean): (() => void) | null {
  if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return null;
  const isTyping = event.target instanceof Element && event.target.matches(TYPED_INTO);
  if (event.ctrlKey || event.metaKey) return isEditable || event.key.toLowerCase() === "f" ? withControl(event, isTyping) : null;
  if (event.key === "F2" && isEditable) return changeSides;
  if (isTyping) return null;
  const letter = event.key.toUpperCase();
  const chosen = TOOLS.find((each) => each.letter === letter && (isEditable || each.name === "select" || each.name === "measure"));
  return chosen ? () => (tool.value = chosen.name) : null;
}
