/**
 * The draft on a map: one layer for each shape, drawn again only where the shape is another. Nothing reads geometry back from here.
 */
import "../../trusted_types.ts";
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import "../../map.css";
import "./plan_canvas.css";
import type { Feature } from "./draft.ts";
import { layerOf } from "./feature_layers.ts";
import type { Box, Point } from "./shapes.ts";
import { zoomByWheel } from "./wheel_zoom.ts";

const PANES = [
  ...([["level", 210], ["underlay", 220], ["zones", 300], ["grid", 310], ["reaches", 315], ["accuracy", 320], ["walls", 340]] as const),
  ...([["fixtures", 350], ["bays", 360], ["fittings", 370], ["names", 400], ["marks", 450]] as const),
] as const;
export type Pane = (typeof PANES)[number][0];

export const at = ([x_m, y_m]: Point): L.LatLng => L.latLng(y_m, x_m);
export const pointAt = ({ lng, lat }: L.LatLng): Point => [lng, lat];

export class DraftMap {
  readonly map: L.Map;
  private readonly renderers = new Map<Pane, L.Renderer>();
  private readonly stopZooming: () => void;
  private readonly drawn = new Map<string, { feature: Feature; layer: L.Layer }>();

  constructor(readonly element: HTMLElement) {
    this.map = L.map(element, {
      crs: L.CRS.Simple,
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0,
      zoomDelta: 0.5,
      minZoom: -3,
      maxZoom: 8,
      dragging: false,
      doubleClickZoom: false,
      keyboard: false,
      boxZoom: false,
      scrollWheelZoom: false, // it jumps: see wheel_zoom.ts
      zoomAnimation: false, // large plans stretched picture by picture are slower than drawn anew once
    });
    for (const [name, order] of PANES) this.map.createPane(name).style.zIndex = String(order);
    this.map.setView([10, 15], 4, { animate: false });
    this.stopZooming = zoomByWheel(this.map, element);
    L.control.scale({ imperial: false, maxWidth: 160 }).addTo(this.map);
  }

  /** The one SVG of a pane. */
  renderer(pane: Pane): L.Renderer {
    const known = this.renderers.get(pane);
    const renderer = known ?? L.svg({ pane, padding: 0.3 });
    if (!known) this.renderers.set(pane, renderer);
    return renderer;
  }

  /** Draws these shapes, and what is being dragged in the place of what it was. */
  show(shown: readonly Feature[], dragged: ReadonlyMap<string, Feature>): void {
    const wanted = new Map(shown.map((feature) => [feature.id, dragged.get(feature.id) ?? feature]));
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
    this.stopZooming();
    this.map.remove();
  }
}
