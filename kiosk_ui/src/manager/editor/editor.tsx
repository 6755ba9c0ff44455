import { useEffect, useState } from "preact/hooks";
import { Trouble } from "../../parts/trouble.tsx";
import { say } from "../../words.ts";
import { problems, shownProblem } from "./checking.ts";
import { DiscardDialog, DraftLine } from "./draft_line.tsx";
import {
  canvas,
  draft,
  gridM,
  keepDraftOpen,
  layers,
  levelId,
  loadTrouble,
  perform,
  said,
  select,
  selected,
  selection,
  snap,
  tool,
  view,
} from "./editing.ts";
import "./editor.css";
import "./room.css";
import { dragged, forecast } from "./forecasting.ts";
import { HalfDrawnNote } from "./half_drawn_note.tsx";
import { ImportDialog } from "./import_dialog.tsx";
import { actionOf } from "./keys.ts";
import { AddLevel } from "./levels.tsx";
import { Notices, Questions } from "./notices.tsx";
import { PlanCanvas } from "./plan_canvas.tsx";
import { ProblemsPanel } from "./problems_panel.tsx";
import { ReviewDialog } from "./review_dialog.tsx";
import { canDraw, isPanelOpen, isSnug, openProblems } from "./room.ts";
import { SidePanels } from "./side_panels.tsx";
import { Tools } from "./tools.tsx";
import { type Dialogue, SyncWords, TopBar } from "./top_bar.tsx";
import { isClicking, measured, underlay } from "./underlaying.ts";

const NO_PROBLEMS = [] as const;

/** The plan in the middle, tools on the left, properties on the right, problems below; one button publishes. */
export function Editor() {
  const [dialogue, setDialogue] = useState<Dialogue | null>(null);
  const now = view.value;
  const plan = draft.value;
  const isRoomy = canDraw.value;
  useEffect(keepDraftOpen, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const action = actionOf(event, isRoomy);
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [isRoomy]);
  // What is found wrong takes room below the plan: once it has, the plan is shown whole again.
  const isChecked = problems.value !== null;
  useEffect(() => canvas.current?.fit(), [isChecked]);
  // A sheet that has come up with the properties of a shape does not hide that shape.
  const isBeside = isPanelOpen.value;
  useEffect(() => {
    if (isSnug.peek()) canvas.current?.keepInSight(selected.peek());
  }, [selection.value, isBeside]);
  if (!now || !plan) {
    return (
      <main class="page stack">
        <h1>{say("editor.title")}</h1>
        {loadTrouble.value === null ? <p role="status">{say("editor.loading")}</p> : <Trouble words={loadTrouble.value} />}
      </main>
    );
  }
  const close = (): void => setDialogue(null);
  return (
    <main class={`editor ${underlay.value && layers.value.has("underlay") ? "has-underlay" : ""}`} data-testid="editor">
      <h1 class="only-spoken">{say("editor.title")}</h1>
      <TopBar onFit={() => canvas.current?.fit()} onAsk={setDialogue} />
      <Notices />
      <div class="workplace">
        {isRoomy && <Tools />}
        <div class="middle">
          <PlanCanvas
            draft={plan}
            level_id={levelId.value}
            selection={selection.value}
            tool={isClicking.value ? "measure" : tool.value}
            snap={snap.value}
            grid_m={gridM.value}
            layers={layers.value}
            problems={problems.value?.problems ?? NO_PROBLEMS}
            shownProblem={shownProblem.value}
            forecast={forecast.value}
            underlay={underlay.value}
            isEditable={isRoomy}
            onStep={perform}
            onSelect={select}
            onTool={(next) => (tool.value = next)}
            onDragging={(changes) => (dragged.value = changes)}
            {...(isClicking.value ? { onMeasured: measured } : {})}
            onSay={(words) => (said.value = words)}
            handle={canvas}
          />
          <div class="status-line">
            <p role="status" aria-label={say("editor.status")} data-testid="said">
              {said.value}
            </p>
            <SyncWords />
            <HalfDrawnNote />
          </div>
          <ProblemsPanel isEditable={true} />
        </div>
        <SidePanels
          isEditable={true}
          onImport={() => setDialogue("import")}
          footer={<DraftLine now={now} onDiscard={() => setDialogue("discard")} />}
        />
      </div>
      <Questions />
      {dialogue === "level" && <AddLevel onClose={close} />}
      {dialogue === "import" && <ImportDialog onClose={close} />}
      {dialogue === "discard" && <DiscardDialog now={now} onClose={close} />}
      {dialogue === "review" && <ReviewDialog
          onClose={close}
          onShowProblems={() => {
            close();
            openProblems(true);
          }}
        />}
    </main>
  );
}
