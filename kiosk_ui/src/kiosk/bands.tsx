import { BellRing, CircleCheck, RadioTower, UserCheck, WifiOff } from "lucide";
import { Icon } from "../parts/icon.tsx";
import { say, sayInstant } from "../words.ts";
import { callNow, callTrouble } from "./calling.ts";
import { closedBecause, isConnected, lastHeardAt, opened, ownKiosk, state, unsent } from "./showing.ts";

/** Thin lines above everything: what is invented here, what does not work just now, what was just cleared. */
export function Bands() {
  const demo_note = ownKiosk.value?.demo_note ?? null;
  const isOffline = !isConnected.value;
  const call = callNow.value.state;
  const isLive = state.value?.positions_are_live ?? true;
  return (
    <>
      {demo_note && <p class="band band-demo" dir="auto">{demo_note}</p>}
      <div role="status">
        {isOffline && (
          <div class="band band-warning" data-testid="offline-band">
            <Icon of={WifiOff} />
            <div>
              <p>{say("kiosk.offline", { at: sayInstant(lastHeardAt.value) })}</p>
              <p class="band-detail">{opened.value ? say("kiosk.offline_opened", { count: unsent.value.size }) : say("kiosk.offline_detail")}</p>
            </div>
          </div>
        )}
        {!isOffline && !isLive && (
          <p class="band band-warning" data-testid="not-live-band">
            <Icon of={RadioTower} />
            {say("kiosk.not_live")}
          </p>
        )}
        {!isOffline && call !== "none" && (
          <p class="band band-call" data-testid="call-band" data-state={call}>
            <Icon of={call === "coming" ? UserCheck : BellRing} />
            {say(call === "coming" ? "kiosk.call_coming" : "kiosk.call_waiting")}
          </p>
        )}
        {callTrouble.value && (
          <p class="band band-warning" data-testid="call-trouble">
            {say(callTrouble.value)}
          </p>
        )}
        {closedBecause.value && (
          <p class="band band-closed" data-testid="closed-message">
            <Icon of={CircleCheck} />
            {say(`kiosk.closed_${closedBecause.value}`)}
          </p>
        )}
      </div>
    </>
  );
}
