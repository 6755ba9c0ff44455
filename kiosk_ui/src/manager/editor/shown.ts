/** Which shapes of a level the chosen layers show; slots are drawn by their bays. Pure. */
import type { LayerName } from "./canvas_props.ts";
import { type Draft, type Feature, partsOf } from "./draft.ts";

const LAYER_OF: Partial<Record<Feature["feature_type"], LayerName>> = {
  section: "zones",
  aisle: "aisles",
  fixture: "fixtures",
  scanner_node: "nodes",
  kiosk: "kiosks",
};

export function shownOf(draft: Draft, level_id: string | null, layers: ReadonlySet<LayerName>): Feature[] {
  const shown: Feature[] = [];
  for (const feature of partsOf(draft).drawn) {
    if (feature.properties.level_id !== level_id) continue;
    const layer = LAYER_OF[feature.feature_type];
    if (!layer || layers.has(layer)) shown.push(feature);
  }
  return shown;
}
