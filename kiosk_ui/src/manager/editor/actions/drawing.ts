/** Drawing a new shape of each kind, complete with every field the contract knows. Pure. */
import type { ToolName } from "../canvas_props.ts";
import type { Draft, Feature } from "../draft.ts";
import { type Point, isAt, ringOf, ringOfBox, roundedPoint } from "../shapes.ts";
import { KeyCounter } from "./keys.ts";
import { type Outcome, changesTo, refuse, stepOf } from "./outcome.ts";
import { doorBetween } from "./doors.ts";
import { levelOf, outlineOf, vetoOf } from "./veto.ts";

export type DrawingTool = Exclude<ToolName, "select" | "measure" | "hole" | "catchment">;

const GONDOLA_HEIGHT_M = 1.6;
const NODE_HEIGHT_M = 3;
const KIOSK_M = 0.5;
const STANDING_M = 0.6;

const polygon = (points: readonly Point[]) => ({ type: "Polygon", coordinates: [ringOf(points).map((point) => [...point])] });
const line = (points: readonly Point[]) => ({ type: "LineString", coordinates: points.map((point) => [...roundedPoint(point)]) });
const place = (point: Point) => ({ type: "Point", coordinates: [...roundedPoint(point)] });

/** Points that follow each other at once are one: a double click ends a line where it is. */
function apart(points: readonly Point[]): Point[] {
  return points.filter((point, i) => i === 0 || !isAt(point, points[i - 1] as Point));
}

function levelDrawn(draft: Draft, level_id: string | null, points: readonly Point[]): Feature {
  const known = levelOf(draft, level_id);
  if (known) return { ...known, geometry: polygon(points) } as Feature;
  const id = crypto.randomUUID();
  const ordinals = [...draft.features.values()].flatMap((f) => (f.feature_type === "level" ? [f.properties.ordinal] : []));
  const ordinal = ordinals.length === 0 ? 0 : Math.max(...ordinals) + 1;
  const properties = { key: new KeyCounter(draft).first("level"), level_id: id, ordinal, name: null, height_m: null };
  return { type: "Feature", id, feature_type: "level", geometry: polygon(points), properties } as Feature;
}

function shapeDrawn(draft: Draft, level_id: string, tool: Exclude<DrawingTool, "outline" | "opening">, points: readonly Point[]): Feature {
  const keys = new KeyCounter(draft);
  const shape = (feature_type: Exclude<Feature["feature_type"], "shelf_slot">, geometry: object, fields: object): Feature => {
    const key = keys.first(feature_type);
    const own = feature_type === "scanner_node" ? { node_key: key } : feature_type === "kiosk" ? { kiosk_key: key } : { name: null };
    const properties = { key, level_id, ...own, ...fields };
    return { type: "Feature", id: crypto.randomUUID(), feature_type, geometry, properties } as Feature;
  };
  const [x, y] = points[0] as Point;
  switch (tool) {
    case "rectangle":
      return shape("fixture", polygon(points), { category: "gondola", department: null, height_m: GONDOLA_HEIGHT_M });
    case "polygon":
      return shape("fixture", polygon(points), { category: "other", department: null, height_m: GONDOLA_HEIGHT_M });
    case "zone":
      return shape("section", polygon(points), { category: "retail", is_sensitive: false });
    case "unit":
      return shape("unit", polygon(points), { category: "stairs", connects: null, direction: "both", is_step_free: null });
    case "blocked_area":
      return shape("blocked_area", polygon(points), { from_at: null, until_at: null });
    case "wall":
      return shape("wall", line(apart(points)), { attenuation_db: null });
    case "aisle":
      return shape("aisle", line(apart(points)), {});
    case "node":
      return shape("scanner_node", place([x, y]), { z_m: NODE_HEIGHT_M });
    case "checkout":
      return shape("amenity", place([x, y]), { category: "checkout" });
    case "kiosk": {
      const body = ringOfBox([x - KIOSK_M / 2, y - KIOSK_M / 2], [x + KIOSK_M / 2, y + KIOSK_M / 2]);
      const fields = { display_point: place([x, y - STANDING_M]), catchment_radius_m: 3, catchment: null, facing_deg: 0 };
      return shape("kiosk", polygon(body), fields);
    }
  }
}

/** A door between two places, laid onto the outline. */
function doorDrawn(draft: Draft, level_id: string, points: readonly Point[]): Feature | null {
  const outline = outlineOf(draft, level_id);
  const [from, to] = [points[0] as Point, points.at(-1) as Point];
  const door = outline && doorBetween(outline, from, to);
  if (!door) return null;
  const key = new KeyCounter(draft).first("opening");
  const isFirst = ![...draft.features.values()].some((f) => f.feature_type === "opening" && f.properties.level_id === level_id);
  const category = isFirst ? "pedestrian.principal" : "pedestrian";
  const properties = { key, level_id, category, access: "both", is_step_free: true, name: null };
  return { type: "Feature", id: crypto.randomUUID(), feature_type: "opening", geometry: line(door), properties } as Feature;
}

/**
 * The step that draws a shape through these points: corners of an area (without the first repeated), points of a line, or one place.
 * Drawing the outline of a level that has one draws that anew.
 */
export function drawn(draft: Draft, level_id: string | null, tool: DrawingTool, points: readonly Point[], isLoose = false): Outcome {
  if (points.length === 0) return refuse("canvas.no_change");
  if (tool === "outline") {
    const level = levelDrawn(draft, level_id, points);
    return vetoOf(draft, [level], isLoose) ?? stepOf(levelOf(draft, level_id) ? "reshape" : "draw", changesTo(draft, [level]));
  }
  if (!levelOf(draft, level_id) || level_id === null) return refuse("canvas.no_level");
  const shape = tool === "opening" ? doorDrawn(draft, level_id, points) : shapeDrawn(draft, level_id, tool, points);
  if (!shape) return refuse("canvas.door_off_outline");
  return vetoOf(draft, [shape], isLoose) ?? stepOf("draw", changesTo(draft, [shape]));
}
