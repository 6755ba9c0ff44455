import "../store_words.ts";
import { signal } from "@preact/signals";
import { start } from "../parts/start.tsx";
import { Desk } from "../staff/desk.tsx";
import { Frame, type Place } from "../staff/frame.tsx";
import { Overview } from "../staff/overview.tsx";
import { begin } from "../staff/session.ts";
import { keepConnected } from "../staff/store_now.ts";
import { draftChanged, refreshDraft } from "./editor/editing.ts";
import { Editor } from "./editor/editor.tsx";
import { Kiosks } from "./kiosks.tsx";
import { Nodes } from "./nodes.tsx";
import { Products } from "./products/products.tsx";
import { Versions } from "./versions/versions.tsx";

const PLACES: readonly Place[] = [
  { name: "plan", words: "people.plan", Screen: Editor },
  { name: "versions", words: "people.versions", Screen: Versions },
  { name: "products", words: "people.products", Screen: Products },
  { name: "nodes", words: "people.nodes", Screen: Nodes },
  { name: "kiosks", words: "people.kiosks", Screen: Kiosks },
  { name: "overview", words: "people.overview", Screen: Overview },
  { name: "desk", words: "people.desk", Screen: Desk },
];

const shown = signal("plan");

function ManagerScreen() {
  return <Frame places={PLACES} shown={shown.value} onShow={(name) => (shown.value = name)} isForManagers={true} />;
}

start(ManagerScreen);
keepConnected({ connected: () => void refreshDraft(), draft_changed: draftChanged });
void begin();
