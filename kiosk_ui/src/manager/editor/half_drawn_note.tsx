import { say } from "../../words.ts";
import { chooseLevel, isNewLevel, levelId, levels, tool } from "./editing.ts";
import "./half_drawn.css";
import { halfDrawn, letGo } from "./half_drawn.ts";

/** What was laid aside half drawn, and the one touch back to it: over the plan, which does not move for it. */
export function HalfDrawnNote() {
  const half = halfDrawn.value;
  const isThere = half !== null && (half.level_id === null || levels.value.some(({ id }) => id === half.level_id));
  const goOn = (): void => {
    if (!half) return;
    if (half.level_id === null) isNewLevel.value = true;
    else if (half.level_id !== levelId.value) chooseLevel(half.level_id);
    tool.value = half.drawing.tool;
    document.querySelector<HTMLElement>("[data-testid='plan']")?.focus();
  };
  return (
    <div class="half-drawn" role="status">
      {half && isThere && (
        <div class="half-drawn-note" data-testid="half-drawn">
          <span>{say("editor.half_drawn", { tool: say(`editor.tool_${half.drawing.tool}`), points: half.drawing.points.length })}</span>
          <button type="button" data-testid="go-on-drawing" onClick={goOn}>
            {say("editor.go_on_drawing")}
          </button>
          <button type="button" class="plain" data-testid="let-half-drawn-go" onClick={letGo}>
            {say("editor.let_half_drawn_go")}
          </button>
        </div>
      )}
    </div>
  );
}
