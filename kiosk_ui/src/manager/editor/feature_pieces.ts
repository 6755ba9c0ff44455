/** Each kind of shape as areas, lines and dots of a style: those of one style are drawn at once, however many they are. Pure. */
import type { Feature } from "./draft.ts";
import { linesOf } from "./feature_shapes.ts";
import { type Point, type Ring, alongFrom, area_m2 } from "./shapes.ts";

/** From below to above. The fewer there are, the less is put together anew in each picture. */
export const PANES = ["underlay", "floor", "accuracy", "things", "names", "marks"] as const;
export type Pane = (typeof PANES)[number];

/** Every style there is, from below to above: its classes, its pane, and whether it is filled. */
export const STYLES = [
  ["plan-level", "floor", true],
  ...([0, 1, 2, 3] as const).map((tint) => [`plan-zone plan-zone-${tint}`, "floor", true] as const),
  ["plan-sensitive", "floor", false],
  ["plan-grid", "floor", false],
  ["plan-grid is-coarse", "floor", false],
  ["plan-catchment", "floor", true],
  ["plan-unit", "floor", true],
  ["plan-aisle", "floor", false],
  ["plan-outline", "things", false],
  ["plan-wall", "things", false],
  ["plan-fixture", "things", true],
  ["plan-bays is-empty", "things", false],
  ["plan-bays", "things", false],
  ["plan-opening", "things", false],
  ["plan-blocked", "things", true],
  ["plan-kiosk", "things", true],
  ["plan-dot is-standing-edge", "things", false],
  ["plan-dot is-standing", "things", false],
  ["plan-dot is-amenity-edge", "things", false],
  ["plan-dot is-amenity", "things", false],
  ["plan-dot is-node-edge", "things", false],
  ["plan-dot is-node", "things", false],
] as const satisfies readonly (readonly [string, Pane, boolean])[];
export type Style = (typeof STYLES)[number][0];

export interface Piece {
  readonly style: Style;
  readonly lines: readonly Ring[];
}

const CIRCLE_CORNERS = 48;

/** The same tint for the same zone, whatever else is drawn. */
function tintOf(id: string): 0 | 1 | 2 | 3 {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return (sum % 4) as 0 | 1 | 2 | 3;
}

/** Outer rings run anticlockwise and holes clockwise: areas drawn at once then overlap as they would one by one. */
function wound(rings: readonly Ring[]): Ring[] {
  return rings.map((ring, i) => (area_m2(ring) > 0 === (i === 0) ? ring : [...ring].reverse()));
}

const area = (style: Style, rings: readonly Ring[]): Piece => ({ style, lines: wound(rings) });
const line = (style: Style, lines: readonly Ring[]): Piece => ({ style, lines });

/** A stroke without length and with round ends is a dot of the stroke's width; a wider one beneath is its edge. */
function dot(name: "node" | "amenity" | "standing", at: Point): Piece[] {
  const stroke = [[at, at]];
  return [line(`plan-dot is-${name}-edge`, stroke), line(`plan-dot is-${name}`, stroke)];
}

export function piecesOf(feature: Feature): Piece[] {
  const lines = linesOf(feature);
  switch (feature.feature_type) {
    case "level":
      return [area("plan-level", lines), line("plan-outline", lines)];
    case "section": {
      const zone = area(`plan-zone plan-zone-${tintOf(feature.id)}`, lines);
      return feature.properties.is_sensitive ? [zone, line("plan-sensitive", lines)] : [zone];
    }
    case "fixture":
      return [area("plan-fixture", lines)];
    case "blocked_area":
      return [area("plan-blocked", lines)];
    case "unit":
      return [area("plan-unit", lines)];
    case "wall":
      return [line("plan-wall", lines)];
    case "aisle":
      return [line("plan-aisle", lines)];
    case "opening":
      return [line("plan-opening", lines)];
    case "amenity":
      return dot("amenity", lines[0]?.[0] as Point);
    case "scanner_node":
      return dot("node", lines[0]?.[0] as Point);
    case "kiosk": {
      const { display_point, catchment, catchment_radius_m } = feature.properties;
      const place = display_point.coordinates as unknown as Point;
      const circle = Array.from({ length: CIRCLE_CORNERS + 1 }, (_, i) => alongFrom(place, (i * 360) / CIRCLE_CORNERS, catchment_radius_m));
      const reach = catchment ? (catchment.coordinates as unknown as readonly Ring[]) : [circle];
      return [area("plan-catchment", reach), area("plan-kiosk", lines), ...dot("standing", place)];
    }
    case "shelf_slot":
      return [];
  }
}
