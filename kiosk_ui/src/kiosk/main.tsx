import "../trusted_types.ts";
import { LanguageRow, ThemeChoice } from "../parts/choices.tsx";
import { Loading, start } from "../parts/start.tsx";
import { takeFragment } from "../requests.ts";
import { Attract } from "./attract.tsx";
import { Bands } from "./bands.tsx";
import { IdleWarning, LeavingRing } from "./countdowns.tsx";
import { Guiding } from "./guiding.tsx";
import { watchTouches } from "./idle.ts";
import "./kiosk.css";
import "./reach.css";
import { Pairing } from "./pairing.tsx";
import { begin, keepConnected } from "./link.ts";
import { liveOffline } from "./offline/page.ts";
import { readCards } from "./reading_cards.ts";
import { ReachBar } from "./reach.tsx";
import { areControlsLow, opened, paired } from "./showing.ts";
import { keepSpeaking } from "./speaking.ts";

const pairingCode = takeFragment().get("code");

function KioskScreen() {
  if (paired.value === "unknown") return <Loading />;
  if (paired.value === null) return <Pairing code={pairingCode} />;
  const isLow = areControlsLow.value;
  const screen = opened.value ? <Guiding key="screen" shopper={opened.value} /> : <Attract key="screen" />;
  return (
    <div class={`kiosk-screen ${isLow ? "is-low" : ""}`}>
      {isLow && screen}
      <header key="header">
        <div class="kiosk-bar">
          <span class="store-name">{paired.value.store_name}</span>
          <div class="row tight">
            <LanguageRow />
            <ThemeChoice />
          </div>
        </div>
        <Bands />
      </header>
      {!isLow && screen}
      <ReachBar />
      <LeavingRing />
      <IdleWarning />
    </div>
  );
}

start(KioskScreen);
keepConnected();
keepSpeaking(() => opened.value?.guidance ?? null);
watchTouches();
readCards();
liveOffline();
if (pairingCode) paired.value = null; // a new code comes before an older pairing
else void begin();
