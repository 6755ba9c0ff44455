/**
 * The draft on a map: one layer for each shape, drawn again only where the shape is another. Nothing reads geometry back from here.
 */
import "../../trusted_types.ts";
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import "../../map.css";
import "./plan_canvas.css";
import type { LayerName } from "./canvas_props.ts";
import type { Draft, Feature } from "./draft.ts";
import { layerOf } from "./feature_layers.ts";
import type { Box, Point } from "./shapes.ts";

const PANES = [
  ...([["underlay", 210], ["grid", 220], ["level", 230], ["zones", 300], ["accuracy", 320], ["fixtures", 350]] as const),
  ...([["bays", 360], ["names", 400], ["marks", 450], ["hand", 480]] as const),
] as const;
export type Pane = (typeof PANES)[number][0];

const LAYER_OF: Partial<Record<Feature["feature_type"], LayerName>> = {
  section: "zones",
  aisle: "aisles",
  fixture: "fixtures",
  scanner_node: "nodes",
  kiosk: "kiosks",
};

export const at = ([x_m, y_m]: Point): L.LatLng => L.latLng(y_m, x_m);
export const pointAt = ({ lng, lat }: L.LatLng): Point => [lng, lat];

export class DraftMap {
  readonly map: L.Map;
  private readonly renderers = new Map<Pane, L.Renderer>();
  private readonly drawn = new Map<string, { feature: Feature; layer: L.Layer }>();

  constructor(readonly element: HTMLElement) {
    this.map = L.map(element, {
      crs: L.CRS.Simple,
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0.25,
      zoomDelta: 0.5,
      minZoom: -3,
      maxZoom: 9,
      dragging: false,
      doubleClickZoom: false,
      keyboard: false,
      boxZoom: false,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    for (const [name, order] of PANES) this.map.createPane(name).style.zIndex = String(order);
    this.map.setView([10, 15], 4, { animate: false });
    L.control.scale({ imperial: false, maxWidth: 160 }).addTo(this.map);
  }

  /** The one SVG of a pane. */
  renderer(pane: Pane): L.Renderer {
    const known = this.renderers.get(pane);
    const renderer = known ?? L.svg({ pane, padding: 0.3 });
    if (!known) this.renderers.set(pane, renderer);
    return renderer;
  }

  /** Draws the level, and what is being dragged in the place of what it was. */
  show(draft: Draft, level_id: string | null, layers: ReadonlySet<LayerName>, dragged: ReadonlyMap<string, Feature | null>): void {
    const wanted = new Map<string, Feature>();
    const take = (feature: Feature): void => {
      const layer = LAYER_OF[feature.feature_type];
      if (feature.feature_type === "shelf_slot" || feature.properties.level_id !== level_id) return;
      if (!layer || layers.has(layer)) wanted.set(feature.id, feature);
    };
    for (const feature of draft.features.values()) take(feature);
    for (const [id, feature] of dragged) {
      wanted.delete(id);
      if (feature) take(feature);
    }
    for (const [id, { feature, layer }] of this.drawn) {
      if (wanted.get(id) === feature) continue;
      layer.remove();
      this.drawn.delete(id);
    }
    for (const [id, feature] of wanted) {
      if (this.drawn.has(id)) continue;
      const layer = layerOf(feature, (pane) => this.renderer(pane));
      layer.addTo(this.map);
      this.drawn.set(id, { feature, layer });
    }
  }

  /** Pixels of one metre at the zoom shown. */
  pixelsPerMetre(): number {
    return this.map.getZoomScale(this.map.getZoom(), 0);
  }

  fit(box: Box): void {
    const bounds = L.latLngBounds(at([box.west, box.south]), at([box.east, box.north]));
    this.map.fitBounds(bounds, { animate: false, padding: [24, 24] });
  }

  remove(): void {
    this.map.remove();
  }
}
