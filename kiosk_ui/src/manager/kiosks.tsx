import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog, DialogButtons } from "../parts/dialog.tsx";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import { KiosksTable } from "../staff/overview.tsx";
import { askSignedIn } from "../staff/session.ts";
import { fetchStore, store, storeTrouble } from "../staff/store_now.ts";
import type { KioskOverview, RevokeKiosk } from "../wire.gen.ts";
import { say } from "../words.ts";
import { CodeMaker } from "./codes.tsx";
import { fetchPlan, kioskKeys } from "./plan_now.ts";

const asked = signal<KioskOverview | null>(null);
const trouble = signal<string | null>(null);

async function revoke(kiosk: KioskOverview): Promise<void> {
  asked.value = null;
  const message: RevokeKiosk = { kiosk_key: kiosk.kiosk_key };
  try {
    await askSignedIn<KioskOverview>("POST", "/api/manager/kiosks/revocations", message);
    trouble.value = null;
  } catch (error) {
    trouble.value = troubleWords(error);
  }
  await fetchStore();
}

export function Kiosks() {
  useEffect(() => void fetchPlan(), []);
  const overview = store.value;
  const question = asked.value;
  const actions = (kiosk: KioskOverview) =>
    kiosk.is_paired && (
      <button
        type="button"
        data-testid={`revoke-${kiosk.kiosk_key}`}
        aria-label={say("manager.revoke_key", { key: kiosk.kiosk_key })}
        onClick={() => (asked.value = kiosk)}
      >
        {say("manager.revoke")}
      </button>
    );
  return (
    <main class="page stack">
      <h1>{say("people.kiosks")}</h1>
      <Trouble words={trouble.value ?? storeTrouble.value} />
      <section class="card">{overview && <KiosksTable overview={overview} actions={actions} />}</section>
      <CodeMaker kind="kiosk" keys={kioskKeys.value} />
      {question && (
        <Dialog title={say("manager.revoke_title", { key: question.kiosk_key })} onClose={() => (asked.value = null)}>
          <p>{say("manager.revoke_kiosk_detail")}</p>
          <DialogButtons onClose={() => (asked.value = null)}>
            <button type="button" data-testid="revoke-now" onClick={() => void revoke(question)}>
              {say("manager.revoke")}
            </button>
          </DialogButtons>
        </Dialog>
      )}
    </main>
  );
}
