/** Does what an action gives: a step, after which the new shapes are selected; or says why not. */
import { say } from "../../words.ts";
import { type Outcome, drawnBy, isRefused } from "./actions/outcome.ts";
import { perform, said, select } from "./editing.ts";

export function act(outcome: Outcome): boolean {
  if (isRefused(outcome)) {
    said.value = say(outcome.refused, outcome.values ?? {});
    return false;
  }
  said.value = "";
  if (!perform(outcome)) return false;
  const drawn = drawnBy(outcome);
  if (drawn.length > 0) select(drawn);
  return true;
}

/** Does it, for a field: why not, in words, where it cannot be done; a value that changes nothing is no fault. */
export function faultOf(outcome: Outcome): string | null {
  if (isRefused(outcome) && outcome.refused === "canvas.no_change") return null;
  // On the plan Alt lets it pass; a field has no such key.
  if (isRefused(outcome) && outcome.refused === "canvas.leaves_outline") return say("editor.fault_outside", outcome.values ?? {});
  return act(outcome) ? null : said.value || null;
}
