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
