import { say } from "../words.ts";
import { Dialog } from "../parts/dialog.tsx";
import { clearsIn, touched } from "./idle.ts";
import { leavingSince } from "./showing.ts";

/** Ten seconds drawn as a closing ring, beside the words that say what happens. */
function Ring() {
  return (
    <svg class="ring" viewBox="0 0 44 44" aria-hidden="true" focusable="false">
      <circle class="ring-back" cx="22" cy="22" r="18" />
      <circle class="ring-left" cx="22" cy="22" r="18" pathLength="100" />
    </svg>
  );
}

export function LeavingRing() {
  if (leavingSince.value === null) return null;
  return (
    <div class="leaving card" role="status" data-testid="leaving">
      <Ring />
      <div>
        <h2>{say("kiosk.leaving")}</h2>
        <p>{say("kiosk.leaving_detail")}</p>
      </div>
    </div>
  );
}

export function IdleWarning() {
  const seconds = clearsIn.value;
  if (seconds === null) return null;
  return (
    <Dialog title={say("kiosk.idle")} onClose={touched}>
      <p class="figures" data-testid="idle-warning">
        {say("kiosk.idle_detail", { seconds })}
      </p>
      <button type="button" class="primary" onClick={touched}>
        {say("kiosk.idle_stay")}
      </button>
    </Dialog>
  );
}
