/** What staff read of a kiosk: whether it works and whether somebody uses it, never who or what for. */
import type { KioskOverview } from "../wire.gen.ts";
import { say } from "../words.ts";
import type { Verdict } from "./node_words.ts";

export function judgeKiosk(kiosk: KioskOverview): Verdict {
  if (kiosk.screen === null) return { words: say("kiosk_state.unpaired"), mood: "quiet" };
  return { words: say(`kiosk_state.${kiosk.screen}`), mood: kiosk.screen === "offline" ? "bad" : "good" };
}
