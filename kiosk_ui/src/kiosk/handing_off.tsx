/** Taking the opened list along on a phone: by a code that stands on this screen as long as it is good, and nowhere else. */
import { effect, signal } from "@preact/signals";
import { CircleCheck } from "lucide";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { troubleWords } from "../parts/trouble.tsx";
import { Unreachable, askWithin } from "../requests.ts";
import type { OfferHandOff, OfferedHandOff, OpenedShopper } from "../wire.gen.ts";
import { say } from "../words.ts";
import { PATIENCE_MS, doubts, isRevoked, opened, trouble } from "./showing.ts";

/** Longer than an address is good by any clock: the server says when it is used, this when it is forgotten. */
const GOOD_MS = 120_000;

interface Offered {
  readonly token_id: string;
  readonly qr_png: string;
  /** The server's state has told of it: from then on it is used when that tells of it no more. */
  readonly isTold: boolean;
}

const offered = signal<Offered | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

function close(): void {
  clearTimeout(timer);
  offered.value = null;
}

// With the list goes the code: whoever comes next must not find it, nor what was asked for on its way here.
effect(() => {
  const [now, shown] = [opened.value, offered.value];
  if (shown === null) return;
  if (shown.token_id !== now?.token.token_id) close();
  else if (now.is_handing_off && !shown.isTold) offered.value = { ...shown, isTold: true };
});

export async function offerHandOff(): Promise<void> {
  const token_id = opened.peek()?.token.token_id;
  if (token_id === undefined) return;
  try {
    const answer = await askWithin<OfferedHandOff>(PATIENCE_MS, "POST", "/api/kiosk/hand-offs", { token_id } satisfies OfferHandOff);
    if (opened.peek()?.token.token_id !== token_id) return;
    offered.value = { token_id, qr_png: answer.address_qr_png, isTold: false };
    clearTimeout(timer);
    timer = setTimeout(close, GOOD_MS);
    trouble.value = null;
  } catch (error) {
    if (error instanceof Unreachable) doubts.value += 1;
    if (!isRevoked(error) && opened.peek() !== null) trouble.value = troubleWords(error);
  }
}

export function ToPhone({ shopper }: { shopper: OpenedShopper }) {
  const shown = offered.value;
  if (shown === null || shown.token_id !== shopper.token.token_id) return null;
  return (
    <Dialog title={say("kiosk.phone")} onClose={close}>
      {shopper.is_handing_off || !shown.isTold ? (
        <>
          <p>{say("kiosk.phone_detail")}</p>
          <img class="phone-code" data-testid="phone-code" src={shown.qr_png} alt={say("kiosk.phone_code")} width="320" height="320" />
        </>
      ) : (
        <p class="note good" role="status" data-testid="phone-taken">
          <Icon of={CircleCheck} />
          {say("kiosk.phone_taken")}
        </p>
      )}
      <button type="button" class="primary" data-testid="phone-close" onClick={close}>
        {say("kiosk.phone_close")}
      </button>
    </Dialog>
  );
}
