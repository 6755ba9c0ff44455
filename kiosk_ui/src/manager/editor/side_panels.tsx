import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { say } from "../../words.ts";
import { AccuracyPanel } from "./accuracy_panel.tsx";
import { HistoryPanel } from "./history_panel.tsx";
import { LayersPanel } from "./layers_panel.tsx";
import { PropertiesPanel } from "./properties_panel.tsx";

const TABS = ["properties", "layers", "history", "accuracy"] as const;
type Tab = (typeof TABS)[number];

export const shownTab = signal<Tab>("properties");

/** Arrows go from tab to tab, as in every tab list. */
function onArrow(event: KeyboardEvent): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const next = TABS[(TABS.indexOf(shownTab.value) + step + TABS.length) % TABS.length] as Tab;
  shownTab.value = next;
  document.getElementById(`tab-${next}`)?.focus();
}

interface SidePanelsProps {
  isEditable: boolean;
  onImport: () => void;
  footer: ComponentChildren;
}

export function SidePanels({ isEditable, onImport, footer }: SidePanelsProps) {
  const shown = shownTab.value;
  return (
    <section class="side" aria-label={say("editor.panels")}>
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
            onClick={() => (shownTab.value = name)}
          >
            {say(`editor.${name}`)}
          </button>
        ))}
      </div>
      <div class="side-panel" role="tabpanel" id="side-panel" aria-labelledby={`tab-${shown}`} tabIndex={0}>
        {shown === "properties" && <PropertiesPanel isEditable={isEditable} onImport={onImport} />}
        {shown === "layers" && <LayersPanel />}
        {shown === "history" && <HistoryPanel />}
        {shown === "accuracy" && <AccuracyPanel isEditable={isEditable} />}
      </div>
      {footer}
    </section>
  );
}
