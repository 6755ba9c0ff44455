import { signal } from "@preact/signals";
import { CloudAlert, RotateCcw, TriangleAlert } from "lucide";
import { Dialog } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../words.ts";
import { ClashQuestion } from "./clash_dialog.tsx";
import { forgetRefused, loadTrouble, settleLeft, userName, view } from "./editing.ts";
import "./notices.css";
import { news } from "./published_news.ts";
import { stepWords } from "./step_words.ts";
import type { SyncView } from "./sync_view.ts";

/** Whose name is not known is spoken of without one. */
const nameOrNone = (author: string | null): string => author ?? "none";

/** Something that happened beside them, until they have read it. */
function OverThePlan({ words, testId, onRead }: { words: string; testId: string; onRead: () => void }) {
  return (
    <div class="note" data-testid={testId}>
      <span>{words}</span>
      <button type="button" onClick={onRead}>
        {say("editor.understood")}
      </button>
    </div>
  );
}

/** The draft, and the version, whose news have been read. */
const readOf = signal<{ readonly draft_id: string; readonly version: number }>({ draft_id: "", version: 0 });

/** The draft they knew is no more: what happened, and where they are now. What they did themselves they know. */
function Ended({ now }: { now: SyncView }) {
  const { ended, draft_id, published_version: version } = now;
  if (!ended || ended.author === userName.value || readOf.value.draft_id === draft_id) return null;
  const words = say(`editor.ended_${ended.how}`, { author: nameOrNone(ended.author), version });
  return <OverThePlan words={words} testId="draft-ended" onRead={() => (readOf.value = { ...readOf.value, draft_id })} />;
}

/** Another version runs than the one the draft began from: what that means for it. */
function Beside() {
  const told = news.value;
  if (!told || told.version === readOf.value.version) return null;
  const { version, base, author, back_to } = told;
  const words =
    back_to === null
      ? say("editor.news_published", { version, base, author: nameOrNone(author) })
      : say("editor.news_back", { version, base, author: nameOrNone(author), back: back_to });
  return <OverThePlan words={words} testId="published-beside" onRead={() => (readOf.value = { ...readOf.value, version })} />;
}

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
      {now && !now.isKeeping && (
        <p class="note bad">
          <Icon of={CloudAlert} />
          <span>{say("editor.not_kept")}</span>
        </p>
      )}
      <div class="over">
        {now && <Ended now={now} />}
        <Beside />
      </div>
    </div>
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
