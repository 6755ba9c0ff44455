import { Accessibility, ArrowDownToLine, ArrowUpToLine, BellOff, BellRing, Check, Volume2, VolumeX } from "lucide";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { say } from "../words.ts";
import { callNow, callStaff, takeBackCall } from "./calling.ts";
import { areControlsLow, chooseWays, hasLevels, isAskingWhoListens, isConnected, listening, opened } from "./showing.ts";
import { canSpeak } from "./speaking.ts";

function WhoListens() {
  const choose = (who: "headset" | "room" | "off") => (): void => {
    listening.value = who;
    isAskingWhoListens.value = false;
  };
  return (
    <Dialog title={say("kiosk.read_title")} onClose={() => (isAskingWhoListens.value = false)}>
      <p>{say("kiosk.read_detail")}</p>
      <div class="stack">
        <button type="button" data-testid="listen-headset" onClick={choose("headset")}>
          {say("kiosk.read_headset")}
        </button>
        <button type="button" data-testid="listen-room" onClick={choose("room")}>
          {say("kiosk.read_room")}
        </button>
        <button type="button" data-testid="listen-off" onClick={choose("off")}>
          {say("kiosk.read_nobody")}
        </button>
      </div>
    </Dialog>
  );
}

function ReadAloud() {
  const isOn = listening.value !== "off";
  const toggle = (): void => void (isOn ? (listening.value = "off") : (isAskingWhoListens.value = true));
  return (
    <button type="button" data-testid="read-aloud" onClick={toggle}>
      <Icon of={isOn ? VolumeX : Volume2} />
      {say(isOn ? "kiosk.read_stop" : "kiosk.read")}
    </button>
  );
}

/** Which ways one is led by; only where there are stairs to be led past. */
function StepFree({ isOn }: { isOn: boolean }) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      disabled={!isConnected.value}
      data-testid="step-free"
      onClick={() => void chooseWays(!isOn)}
    >
      <Icon of={isOn ? Check : Accessibility} />
      {say("kiosk.step_free")}
    </button>
  );
}

/** One press calls somebody to this screen; another says that nobody is needed any more. */
function CallStaff() {
  const isCalled = callNow.value.state !== "none";
  return (
    <button type="button" disabled={!isConnected.value} data-testid="call-staff" onClick={() => void (isCalled ? takeBackCall() : callStaff())}>
      <Icon of={isCalled ? BellOff : BellRing} />
      {say(isCalled ? "kiosk.call_off" : "kiosk.call")}
    </button>
  );
}

/** At the lowest edge, where everybody reaches it: brings what is touched down to it, and reads aloud what is written. */
export function ReachBar() {
  const isLow = areControlsLow.value;
  return (
    <footer class="row reach-bar">
      <button type="button" data-testid="lower-controls" onClick={() => (areControlsLow.value = !isLow)}>
        <Icon of={isLow ? ArrowUpToLine : ArrowDownToLine} />
        {say(isLow ? "kiosk.raise" : "kiosk.lower")}
      </button>
      {opened.value !== null && hasLevels.value && <StepFree isOn={opened.value.is_step_free} />}
      {opened.value !== null && canSpeak() && <ReadAloud />}
      <CallStaff />
      {isAskingWhoListens.value && <WhoListens />}
    </footer>
  );
}
