import { say } from "../../words.ts";
import { tool } from "./editing.ts";

const STEPS = [1, 2, 3, 4, 5, 6] as const;

/** What to do with an empty store. */
export function FirstSteps({ onImport }: { onImport: () => void }) {
  return (
    <div class="stack" data-testid="first-steps">
      <h2>{say("editor.first_title")}</h2>
      <ol class="first-steps">
        {STEPS.map((step) => (
          <li>{say(`editor.first_${step}`)}</li>
        ))}
      </ol>
      <div class="row tight">
        <button type="button" class="primary" onClick={() => (tool.value = "outline")}>
          {say("editor.draw_outline")}
        </button>
        <button type="button" onClick={onImport}>
          {say("editor.import")}
        </button>
      </div>
    </div>
  );
}
