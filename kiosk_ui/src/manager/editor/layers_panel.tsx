import { say } from "../../words.ts";
import type { LayerName } from "./canvas_props.ts";
import { layers, showLayer } from "./editing.ts";
import { UnderlayPanel } from "./underlay_panel.tsx";

const LAYERS: readonly LayerName[] = [
  ...(["zones", "aisles", "fixtures", "bays", "nodes", "kiosks", "labels", "problems", "accuracy", "underlay", "grid"] as const),
];

export function LayersPanel() {
  return (
    <div class="stack">
      <UnderlayPanel />
      <ul class="layers">
        {LAYERS.map((name) => (
          <li>
            <label class="inline">
              <input
                type="checkbox"
                data-testid={`layer-${name}`}
                checked={layers.value.has(name)}
                onChange={(event) => showLayer(name, event.currentTarget.checked)}
              />
              {say(`editor.layer_${name}`)}
            </label>
          </li>
        ))}
      </ul>
    </div>
  );
}
