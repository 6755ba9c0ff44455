/** Each kind of shape as it is drawn on the draft. */
import L from "leaflet";
import type { Feature } from "./draft.ts";
import { type Pane, at } from "./draft_map.ts";
import type { Point } from "./shapes.ts";

type RendererOf = (pane: Pane) => L.Renderer;

const all = (points: readonly (readonly number[])[]): L.LatLng[] => points.map((point) => at(point as unknown as Point));

/** The same tint for the same zone, whatever else is drawn. */
function tintOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return sum % 4;
}

export function layerOf(feature: Feature, rendererOf: RendererOf): L.Layer {
  const drawn = (pane: Pane, className: string) =>
    ({ pane, renderer: rendererOf(pane), className, interactive: false, smoothFactor: 0, noClip: true }) as const;
  const polygon = (rings: readonly (readonly number[][])[], pane: Pane, className: string): L.Polygon =>
    L.polygon(rings.map(all), drawn(pane, className));
  const dot = (place: readonly number[], radius: number, className: string): L.CircleMarker =>
    L.circleMarker(at(place as unknown as Point), { radius, ...drawn("marks", className) });
  switch (feature.feature_type) {
    case "level":
      return L.layerGroup([
        polygon(feature.geometry.coordinates, "level", "plan-level"),
        polygon(feature.geometry.coordinates, "walls", "plan-outline"),
      ]);
    case "section": {
      const sensitive = feature.properties.is_sensitive ? " is-sensitive" : "";
      return polygon(feature.geometry.coordinates, "zones", `plan-zone plan-zone-${tintOf(feature.id)}${sensitive}`);
    }
    case "fixture":
      return polygon(feature.geometry.coordinates, "fixtures", "plan-fixture");
    case "blocked_area":
      return polygon(feature.geometry.coordinates, "fittings", "plan-blocked");
    case "unit":
      return polygon(feature.geometry.coordinates, "reaches", "plan-unit");
    case "wall":
      return L.polyline(all(feature.geometry.coordinates), drawn("walls", "plan-wall"));
    case "aisle":
      return L.polyline(all(feature.geometry.coordinates), drawn("reaches", "plan-aisle"));
    case "opening":
      return L.polyline(all(feature.geometry.coordinates), drawn("fittings", "plan-opening"));
    case "amenity":
      return dot(feature.geometry.coordinates, 7, "plan-amenity");
    case "scanner_node":
      return dot(feature.geometry.coordinates, 7, "plan-node");
    case "kiosk": {
      const { display_point, catchment, catchment_radius_m } = feature.properties;
      const place = at(display_point.coordinates as unknown as Point);
      return L.layerGroup([
        catchment
          ? polygon(catchment.coordinates, "reaches", "plan-catchment")
          : L.circle(place, { radius: catchment_radius_m, ...drawn("reaches", "plan-catchment") }),
        polygon(feature.geometry.coordinates, "fittings", "plan-kiosk"),
        dot(display_point.coordinates, 4, "plan-standing"),
      ]);
    }
    case "shelf_slot":
      return dot(feature.geometry.coordinates, 2, "plan-slot");
  }
}
