import "../store_words.ts";
import { signal } from "@preact/signals";
import { start } from "../parts/start.tsx";
import { Desk } from "./desk.tsx";
import { Frame, type Place } from "./frame.tsx";
import { Overview } from "./overview.tsx";
import { begin } from "./session.ts";
import { keepConnected } from "./store_now.ts";

const PLACES: readonly Place[] = [
  { name: "overview", words: "people.overview", Screen: Overview },
  { name: "desk", words: "people.desk", Screen: Desk },
];

/** /desk opens the same page at the desk. */
const shown = signal(location.pathname.startsWith("/desk") ? "desk" : "overview");

function StaffScreen() {
  return <Frame places={PLACES} shown={shown.value} onShow={(name) => (shown.value = name)} isForManagers={false} />;
}

start(StaffScreen);
keepConnected();
void begin();
