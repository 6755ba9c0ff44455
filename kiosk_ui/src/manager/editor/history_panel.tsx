import { say, sayInstant } from "../../words.ts";
import { view } from "./editing.ts";
import { stepWords } from "./step_words.ts";

const SHOWN_AT_MOST = 100;

/** The steps by name, the newest first; what was taken back is struck through. */
export function HistoryPanel() {
  const now = view.value;
  if (!now) return null;
  // A step and its undoing make one line; doing it again is a line of its own.
  const gone = new Set(now.edits.flatMap(({ edit }) => edit.undoes ?? []));
  const steps = now.edits.filter(({ edit }) => edit.undoes === null).reverse();
  return (
    <>
      {steps.length === 0 && <p class="quiet">{say("editor.history_none")}</p>}
      <ol class="steps-done" data-testid="history">
        {steps.slice(0, SHOWN_AT_MOST).map((saved) => (
          <li key={saved.edit.edit_id} class={gone.has(saved.revision) ? "is-gone" : ""}>
            <span class="step-words">{stepWords(saved.edit)}</span>{" "}
            <span class="quiet small">
              {saved.revision > now.revision
                ? say("editor.history_unsaved")
                : say("editor.history_by", { author: saved.author, at: sayInstant(saved.at) })}
              {gone.has(saved.revision) && `, ${say("editor.history_taken_back")}`}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
