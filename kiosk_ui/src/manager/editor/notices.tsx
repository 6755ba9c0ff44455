import { CloudAlert, RotateCcw, TriangleAlert } from "lucide";
import { Dialog } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../words.ts";
import { forgetRefused, loadTrouble, settleClash, settleLeft, userName, view } from "./editing.ts";
import { keysOf, stepWords } from "./step_words.ts";
import type { SyncView } from "./sync_view.ts";

/** What the person should know of the draft, above the plan: never in their way. */
export function Notices() {
  const now = view.value;
  return (
    <div class="notices" role="status">
      {loadTrouble.value && (
        <p class="note bad">
          <Icon of={TriangleAlert} />
          <span>{loadTrouble.value}</span>
        </p>
      )}
      {now && now.left.length > 0 && (
        <div class="note" data-testid="left-steps">
          <Icon of={RotateCcw} />
          <div class="stack tight">
            <strong>{say("editor.left_title", { count: now.left.length })}</strong>
            <span>
              {now.left.slice(0, 5).map(({ step }) => stepWords(step)).join(", ")}
              {now.left.length > 5 && " …"}
            </span>
            <span class="quiet">{say("editor.left_detail")}</span>
            <div class="row tight">
              <button type="button" data-testid="left-apply" onClick={() => settleLeft(true)}>
                {say("editor.left_apply")}
              </button>
              <button type="button" data-testid="left-drop" onClick={() => settleLeft(false)}>
                {say("editor.left_drop")}
              </button>
            </div>
          </div>
        </div>
      )}
      {now?.endedBy && now.endedBy !== userName.value && <p class="note">{say("editor.ended_by", { author: now.endedBy })}</p>}
      {now && !now.isKeeping && (
        <p class="note bad">
          <Icon of={CloudAlert} />
          <span>{say("editor.not_kept")}</span>
        </p>
      )}
    </div>
  );
}

/** Two people changed the same shapes: whose stands is asked, never guessed. */
function ClashQuestion({ now }: { now: SyncView }) {
  const clash = now.clashes[0];
  if (!clash) return null;
  const { step } = clash.waiting;
  const keys = keysOf(now.draft, step, clash.feature_ids);
  const title = clash.author === null ? say("editor.clash_title_unknown") : say("editor.clash_title", { author: clash.author });
  return (
    <Dialog key={clash.waiting.edit_id} title={title} onClose={() => settleClash(false)}>
      <p data-testid="clash">{say("editor.clash_detail", { step: stepWords(step), keys })}</p>
      {now.clashes.length > 1 && <p class="quiet">{say("editor.clash_more", { count: now.clashes.length - 1 })}</p>}
      <div class="row">
        <button type="button" data-testid="keep-theirs" onClick={() => settleClash(false)}>
          {say("editor.keep_theirs")}
        </button>
        <button type="button" data-testid="mine-again" onClick={() => settleClash(true)}>
          {say("editor.mine_again")}
        </button>
      </div>
    </Dialog>
  );
}

export function Questions() {
  const now = view.value;
  if (!now) return null;
  const refused = now.refused[0];
  if (refused) {
    return (
      <Dialog title={say("editor.refused_title")} onClose={forgetRefused}>
        <p>{say("editor.refused_detail", { step: stepWords(refused.step) })}</p>
        {refused.detail && <p class="note bad">{refused.detail}</p>}
        <button type="button" onClick={forgetRefused}>
          {say("editor.close")}
        </button>
      </Dialog>
    );
  }
  return <ClashQuestion now={now} />;
}
