import { useEffect, useState } from "preact/hooks";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import type { FloorplanDocument, PlanDiff } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { Differences } from "../versions/differences.tsx";
import { counted, problems } from "./checking.ts";
import { type Draft, inOrder } from "./draft.ts";
import { loadDiff, publishDraft } from "./draft_requests.ts";
import { refreshDraft, said, view } from "./editing.ts";
import type { SyncView } from "./sync_view.ts";

const NOTE_LENGTH = 500;

function documentOf(draft: Draft): FloorplanDocument {
  return { type: "FeatureCollection", format: "aisleway-floorplan-1", ...draft.header, features: inOrder(draft) };
}

function useDiff(now: SyncView): { diff: PlanDiff | null; trouble: string | null } {
  const [answer, setAnswer] = useState<{ diff: PlanDiff | null; trouble: string | null }>({ diff: null, trouble: null });
  const isSaved = now.state === "saved";
  useEffect(() => {
    if (!isSaved) return;
    let isWanted = true;
    loadDiff(now.published_version, "draft").then(
      (diff) => isWanted && setAnswer({ diff, trouble: null }),
      (error: unknown) => isWanted && setAnswer({ diff: null, trouble: troubleWords(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [isSaved, now.revision, now.published_version]);
  return answer;
}

/** What publishing will change, and the one button that does it. */
export function ReviewDialog({ onClose, onShowProblems }: { onClose: () => void; onShowProblems: () => void }) {
  const now = view.value as SyncView;
  const { diff, trouble } = useDiff(now);
  const [note, setNote] = useState("");
  const [isPublishing, setIsPublishing] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const isChecked = problems.value?.revision === now.revision;
  const { errors, warnings } = counted(problems.value?.problems ?? []);
  const isReady = now.state === "saved" && isChecked && errors === 0 && now.may_publish && diff !== null && !diff.is_same;
  const publish = async (): Promise<void> => {
    setIsPublishing(true);
    try {
      const { version } = await publishDraft({ draft_id: now.draft_id, revision: now.revision, note });
      await refreshDraft();
      said.value = say("versions.published", { version });
      onClose();
    } catch (error) {
      setRefusal(troubleWords(error));
      setIsPublishing(false);
    }
  };
  return (
    <Dialog title={say("versions.review_title")} onClose={onClose} isWide={true}>
      <p class="quiet">
        {now.published_version === 0 ? say("versions.first") : say("versions.against", { version: now.published_version })}
      </p>
      {now.state !== "saved" && <p class="note">{say("versions.wait_for_saving")}</p>}
      <Trouble words={trouble} />
      {diff && !diff.is_same && <Differences diff={diff} document={documentOf(now.draft)} />}
      {diff?.is_same && (
        <p class="note" id="nothing-to-publish" data-testid="nothing-to-publish">
          {say("versions.nothing_to_publish", { version: now.published_version })}
        </p>
      )}
      {diff === null && trouble === null && <p role="status">{say("app.loading")}</p>}
      {errors > 0 && (
        <div class="note bad" data-testid="errors-block">
          <div class="row tight">
            <strong>{say("versions.errors_block", { count: errors })}</strong>
            <button type="button" onClick={onShowProblems}>
              {say("manager.problems")}
            </button>
          </div>
        </div>
      )}
      {errors === 0 && warnings > 0 && <p>{say("versions.warnings_stay", { count: warnings })}</p>}
      {now.may_publish ? (
        <label>
          {say("versions.note_label")}
          <textarea maxLength={NOTE_LENGTH} rows={2} data-testid="note" value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
      ) : (
        <p class="note" data-testid="may-not-publish">
          {say("versions.ask_somebody")}
        </p>
      )}
      <Trouble words={refusal} />
      <DialogButtons onClose={onClose}>
        {now.may_publish && (
          <button type="button" class="primary" data-testid="publish" {...(diff?.is_same ? { "aria-describedby": "nothing-to-publish" } : {})} disabled={!isReady || isPublishing} onClick={() => void publish()}>
            {say(isPublishing ? "versions.publishing" : "versions.publish")}
          </button>
        )}
      </DialogButtons>
    </Dialog>
  );
}
