import { signal } from "@preact/signals";
import { ChevronDown, ChevronUp, PanelRightClose, PanelRightOpen } from "lucide";
import type { ComponentChildren } from "preact";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../words.ts";
import { AccuracyPanel } from "./accuracy_panel.tsx";
import { HistoryPanel } from "./history_panel.tsx";
import { LayersPanel } from "./layers_panel.tsx";
import { PropertiesPanel } from "./properties_panel.tsx";
import { isPanelOpen, isSnug, isUpright, openPanel } from "./room.ts";

const TABS = ["properties", "layers", "history", "accuracy"] as const;
type Tab = (typeof TABS)[number];

const shownTab = signal<Tab>("properties");

export function showTab(name: Tab): void {
  shownTab.value = name;
  openPanel(true);
}

/** Arrows go from tab to tab, as in every tab list. */
function onArrow(event: KeyboardEvent): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const next = TABS[(TABS.indexOf(shownTab.value) + step + TABS.length) % TABS.length] as Tab;
  showTab(next);
  document.getElementById(`tab-${next}`)?.focus();
}

/** Gives the plan the panels' room, and takes it back. */
function PanelToggle({ isOpen }: { isOpen: boolean }) {
  if (!isSnug.value) return null;
  const [away, back] = isUpright.value ? [ChevronDown, ChevronUp] : [PanelRightClose, PanelRightOpen];
  const words = say(isOpen ? "editor.panel_hide" : "editor.panel_show");
  return (
    <button
      type="button"
      class="plain panel-toggle"
      data-testid="panel-toggle"
      aria-label={words}
      title={words}
      aria-expanded={isOpen}
      aria-controls="side-panel"
      onClick={() => openPanel(!isOpen)}
    >
      <Icon of={isOpen ? away : back} />
    </button>
  );
}

interface SidePanelsProps {
  isEditable: boolean;
  onImport: () => void;
  footer: ComponentChildren;
}

export function SidePanels({ isEditable, onImport, footer }: SidePanelsProps) {
  const shown = shownTab.value;
  const isOpen = isPanelOpen.value;
  return (
    <section class={`side ${isOpen ? "" : "is-closed"}`} aria-label={say("editor.panels")}>
      <div class="side-head">
        <div class="tabs" role="tablist" aria-label={say("editor.panels")} onKeyDown={onArrow}>
          {TABS.map((name) => (
            <button
              type="button"
              role="tab"
              id={`tab-${name}`}
              data-testid={`tab-${name}`}
              aria-selected={shown === name}
              aria-controls="side-panel"
              {...(name === "properties" ? { "aria-keyshortcuts": "F2" } : {})}
              tabIndex={shown === name ? 0 : -1}
              onClick={() => showTab(name)}
            >
              {say(`editor.${name}`)}
            </button>
          ))}
        </div>
        <PanelToggle isOpen={isOpen} />
      </div>
      <div class="side-panel" role="tabpanel" id="side-panel" aria-labelledby={`tab-${shown}`} tabIndex={0} hidden={!isOpen}>
        {shown === "properties" && <PropertiesPanel isEditable={isEditable} onImport={onImport} />}
        {shown === "layers" && <LayersPanel />}
        {shown === "history" && <HistoryPanel />}
        {shown === "accuracy" && <AccuracyPanel isEditable={isEditable} />}
      </div>
      {isOpen && footer}
    </section>
  );
}
