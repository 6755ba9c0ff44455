/** What can be taken hold of on the chosen shapes: corners, middles of edges, the turning handle, a kiosk's standing place. Pure. */
import { type Corner, cornersByLine } from "./actions/reshaping.ts";
import { pivotOf } from "./actions/moving.ts";
import { chosenOf } from "./actions/outcome.ts";
import type { Feature } from "./draft.ts";
import { boxOfFeatures, linesOf } from "./feature_shapes.ts";
import type { Scene } from "./scene.ts";
import { type Point, type Rectangle, type Ring, distance, middle, minus, plus, rectangleOf, times, turned } from "./shapes.ts";

export type Handle =
  | { readonly kind: "corner"; readonly at: Point; readonly feature_id: string; readonly corner: Corner }
  /** Behind the corner named; a free edge gets a new corner there, a rectangle's side moves. */
  | { readonly kind: "edge"; readonly at: Point; readonly feature_id: string; readonly corner: Corner }
  | { readonly kind: "standing"; readonly at: Point; readonly feature_id: string }
  | { readonly kind: "turn"; readonly at: Point; readonly pivot: Point };

/** A finger or a mouse finds no handle among more. */
const MOST_CORNERS = 150;
const STAYS_RECTANGLE: ReadonlySet<Feature["feature_type"]> = new Set(["fixture", "kiosk", "unit", "blocked_area"]);

/** The rectangle a thing is and stays while its corners are pulled; zones and outlines are pulled freely. */
export function keptRectangle(feature: Feature): Rectangle | null {
  const lines = linesOf(feature);
  return STAYS_RECTANGLE.has(feature.feature_type) && lines.length === 1 ? rectangleOf(lines[0] as Ring) : null;
}

/** The middle of an edge is offered where there is room between its corners' handles. */
const ROOM_IN_REACHES = 3.5;

function shapeHandles(feature: Feature, reach_m: number): Handle[] {
  const handles: Handle[] = [];
  const isClosed = feature.geometry.type === "Polygon";
  if (feature.geometry.type === "Point") return handles;
  const lines = cornersByLine(feature);
  if (lines.flat().length > MOST_CORNERS) return handles;
  lines.forEach((corners, line) =>
    corners.forEach((at, corner) => {
      const next = corners[corner + 1] ?? (isClosed ? corners[0] : undefined);
      handles.push({ kind: "corner", at, feature_id: feature.id, corner: { line, corner } });
      if (next && feature.feature_type !== "opening" && distance(at, next) > ROOM_IN_REACHES * reach_m) {
        handles.push({ kind: "edge", at: middle(at, next), feature_id: feature.id, corner: { line, corner } });
      }
    }),
  );
  if (feature.feature_type === "kiosk") {
    handles.push({ kind: "standing", at: feature.properties.display_point.coordinates as unknown as Point, feature_id: feature.id });
  }
  return handles;
}

export function handlesOf({ draft, selection, reach_m, isEditable, tool }: Scene): Handle[] {
  if (!isEditable || tool !== "select" || selection.size === 0) return [];
  const chosen = chosenOf(draft, selection);
  const only = chosen.length === 1 ? chosen[0] : undefined;
  const handles = only ? shapeHandles(only, reach_m) : [];
  const isTurned = chosen.every(({ feature_type }) => feature_type !== "opening" && feature_type !== "level");
  const box = boxOfFeatures(chosen);
  if (box && isTurned && only?.geometry.type !== "Point") {
    handles.push({ kind: "turn", at: [(box.west + box.east) / 2, box.north + 3 * reach_m], pivot: pivotOf(chosen) });
  }
  return handles;
}

const FIRST: readonly Handle["kind"][] = ["standing", "corner", "turn", "edge"];

export function handleAt(handles: readonly Handle[], at: Point, reach_m: number): Handle | null {
  let best: { handle: Handle; off: number } | null = null;
  for (const handle of handles) {
    const off = distance(handle.at, at);
    if (off > reach_m) continue;
    const order = best === null ? -1 : FIRST.indexOf(handle.kind) - FIRST.indexOf(best.handle.kind) || off - best.off;
    if (order < 0) best = { handle, off };
  }
  return best?.handle ?? null;
}

/** The rectangle with one corner pulled to a place, the opposite one staying; or one side, the opposite side staying. */
export function rectanglePulled(feature: Feature, rectangle: Rectangle, handle: Handle & { kind: "corner" | "edge" }, to: Point): Rectangle {
  const corners = cornersByLine(feature)[0] as Point[];
  const local = (point: Point): Point => turned(minus(point, rectangle.centre), [0, 0], -rectangle.angle_deg);
  const place = (point: Point): Point => plus(rectangle.centre, turned(point, [0, 0], rectangle.angle_deg));
  const i = handle.corner.corner;
  const [px, py] = local(to);
  if (handle.kind === "corner") {
    const [ox, oy] = local(corners[(i + 2) % 4] as Point);
    return { ...rectangle, centre: place([(px + ox) / 2, (py + oy) / 2]), width_m: Math.abs(px - ox), depth_m: Math.abs(py - oy) };
  }
  const [a, b] = [local(corners[i] as Point), local(corners[(i + 1) % 4] as Point)];
  const isAlongWidth = Math.abs(b[0] - a[0]) > Math.abs(b[1] - a[1]);
  const opposite = times(middle(a, b), -1);
  if (isAlongWidth) return { ...rectangle, centre: place([0, (py + opposite[1]) / 2]), depth_m: Math.abs(py - opposite[1]) };
  return { ...rectangle, centre: place([(px + opposite[0]) / 2, 0]), width_m: Math.abs(px - opposite[0]) };
}

/** How far a shape has been turned: whole degrees, its own angle for a rectangle; 15 degrees at a time, or freely. */
export function turnedBy(feature: Feature | undefined, by_deg: number, step_deg: number): number {
  const own = feature ? keptRectangle(feature)?.angle_deg ?? 0 : 0;
  const to = Math.round((own + by_deg) / step_deg) * step_deg - own;
  return Math.round(to * 1000) / 1000;
}
