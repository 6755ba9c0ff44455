/** Which draft this is, and how to let it go. */
import { GitCompareArrows, Trash } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import type { DraftAuthors } from "../../wire.gen.ts";
import { language, say } from "../../words.ts";
import { discardDraft, loadAuthors } from "./draft_requests.ts";
import { refreshDraft, userName } from "./editing.ts";
import { news } from "./published_news.ts";
import type { SyncView } from "./sync_view.ts";

function listed(parts: readonly string[]): string {
  return new Intl.ListFormat(language.value, { type: "conjunction" }).format(parts);
}

/** Whose work it would be, by name: only who may publish throws away that of others. */
function Loss({ whose, now }: { whose: DraftAuthors; now: SyncView }) {
  const version = now.published_version;
  if (whose.authors.length === 0) return <p>{say("editor.discard_nothing", { version })}</p>;
  const steps = whose.authors.map(({ author, steps: count }) =>
    author === userName.value ? say("editor.discard_steps_mine", { steps: count }) : say("editor.discard_steps_of", { steps: count, author }),
  );
  return <p data-testid="discard-loss">{say("editor.discard_whose", { steps: listed(steps), version })}</p>;
}

export function DiscardDialog({ now, onClose }: { now: SyncView; onClose: () => void }) {
  const [whose, setWhose] = useState<DraftAuthors | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let isWanted = true;
    loadAuthors().then(
      (answer) => isWanted && setWhose(answer),
      (error: unknown) => isWanted && setTrouble(troubleWords(error)),
    );
    return () => {
      isWanted = false;
    };
  }, [now.revision, now.draft_id]);
  const others = (whose?.authors ?? []).map(({ author }) => author).filter((author) => author !== userName.value);
  const isTheirs = others.length > 0 && !now.may_publish;
  const isReady = now.state === "saved" && whose?.revision === now.revision && !isTheirs;
  const discard = async (): Promise<void> => {
    try {
      await discardDraft({ draft_id: now.draft_id, revision: now.revision });
      await refreshDraft();
      onClose();
    } catch (error) {
      setTrouble(troubleWords(error));
    }
  };
  return (
    <Dialog title={say("editor.discard_title")} onClose={onClose}>
      {whose ? <Loss whose={whose} now={now} /> : trouble === null && <p role="status">{say("app.loading")}</p>}
      {isTheirs && (
        <p class="note" data-testid="discard-not-yours">
          {say("editor.discard_not_yours", { authors: listed(others) })}
        </p>
      )}
      <Trouble words={trouble} />
      <DialogButtons onClose={onClose}>
        <button type="button" data-testid="discard-now" disabled={!isReady} onClick={() => void discard()}>
          {say("editor.discard")}
        </button>
      </DialogButtons>
    </Dialog>
  );
}

export function DraftLine({ now, onDiscard }: { now: SyncView; onDiscard: () => void }) {
  const other = news.value;
  return (
    <div class="draft-line">
      <span class="quiet small">
        <Icon of={GitCompareArrows} /> {now.base_version === 0 ? say("editor.draft_of_none") : say("editor.draft_of", { version: now.base_version })}
      </span>
      {other && <span class="small">{say("editor.older_base", { version: other.version, base: other.base })}</span>}
      {(now.revision > 0 || other !== null) && (
        <button type="button" class="plain" data-testid="discard" onClick={onDiscard}>
          <Icon of={Trash} />
          {say("editor.discard")}
        </button>
      )}
    </div>
  );
}
