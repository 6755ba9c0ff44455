import { ChevronDown, CloudAlert, CloudCheck, CloudUpload, Download, Import, Maximize, Redo2, Undo2 } from "lucide";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../words.ts";
import { exportPath } from "./draft_requests.ts";
import { levelId, view } from "./editing.ts";
import { FindShape } from "./find_shape.tsx";
import { LevelSwitch } from "./levels.tsx";
import { canDraw, isUpright } from "./room.ts";
import { stepWords } from "./step_words.ts";
import { Catching } from "./tools.tsx";
import { redo, redoable, undo, undoable } from "./undoing.ts";

export type Dialogue = "import" | "review" | "discard" | "level";

const EXPORTS = ["geojson", "imdf", "png", "planogram"] as const;

/** Whether the work is safe, in words. */
export function SyncWords() {
  const now = view.value;
  if (!now) return null;
  const { state, waiting } = now;
  const words =
    state === "saved"
      ? say("editor.saved")
      : state === "saving"
        ? say("editor.saving")
        : waiting > 0
          ? say("editor.not_saved", { steps: waiting })
          : say("editor.no_connection");
  return (
    <span class={`status ${state === "waiting" ? "bad" : "quiet"}`} role="status" data-testid="sync-state" data-state={state}>
      <Icon of={state === "saved" ? CloudCheck : state === "saving" ? CloudUpload : CloudAlert} />
      {words}
    </span>
  );
}

function UndoRedo() {
  const [last, next] = [undoable.value, redoable.value];
  const back = last ? say("editor.undo_step", { step: stepWords(last.edit) }) : say("editor.nothing_to_undo");
  const again = next ? say("editor.redo_step", { step: stepWords(next.edit) }) : say("editor.nothing_to_redo");
  return (
    <>
      <button type="button" data-testid="undo" class="named" disabled={!last} title={back} aria-keyshortcuts="Control+Z" onClick={undo}>
        <Icon of={Undo2} />
        <span>{last ? back : say("editor.undo")}</span>
      </button>
      <button type="button" data-testid="redo" class="named" disabled={!next} title={again} aria-keyshortcuts="Control+Y" onClick={redo}>
        <Icon of={Redo2} />
        <span>{next ? again : say("editor.redo")}</span>
      </button>
    </>
  );
}

function Exports() {
  const isSaved = view.value?.state === "saved";
  return (
    <details class="menu">
      <summary class="button" data-testid="export" aria-label={say("editor.export")} title={say("editor.export")}>
        <Icon of={Download} />
        <span class="on-desk">{say("editor.export")}</span>
        <Icon of={ChevronDown} />
      </summary>
      <ul>
        {EXPORTS.map((format) => (
          <li>
            <a class="button plain" {...(isSaved ? { href: exportPath(format, levelId.value) } : {})} download aria-disabled={!isSaved} data-testid={`export-${format}`}>
              {say(`editor.export_${format}`)}
            </a>
          </li>
        ))}
        {!isSaved && <li class="quiet small">{say("editor.export_after_saving")}</li>}
      </ul>
    </details>
  );
}

interface TopBarProps {
  onFit: () => void;
  onAsk: (dialogue: Dialogue) => void;
}

export function TopBar({ onFit, onAsk }: TopBarProps) {
  const isRoomy = canDraw.value;
  return (
    <div class="top-bar">
      <UndoRedo />
      <button type="button" data-testid="fit" aria-label={say("editor.fit")} title={say("editor.fit")} aria-keyshortcuts="F" onClick={onFit}>
        <Icon of={Maximize} />
        <span class="on-wide">{say("editor.fit")}</span>
      </button>
      <LevelSwitch isEditable={isRoomy} onAdd={() => onAsk("level")} />
      <FindShape />
      {isRoomy && isUpright.value && (
        <div class="catching">
          <Catching />
        </div>
      )}
      <span class="spring" />
      {isRoomy && (
        <>
          <button type="button" data-testid="import" aria-label={say("editor.import")} title={say("editor.import")} onClick={() => onAsk("import")}>
            <Icon of={Import} />
            <span class="on-desk">{say("editor.import")}</span>
          </button>
          <Exports />
        </>
      )}
      <button type="button" class="primary" data-testid="review" onClick={() => onAsk("review")}>
        {say("editor.review")}
      </button>
    </div>
  );
}
