/** Drawing by clicks, by a drag, by keys and by typed measures. Pure. */
import { catchmentDrawn, kioskFor } from "./actions/catchments.ts";
import { drawn } from "./actions/drawing.ts";
import { type Outcome, drawnBy, isRefused, refuse } from "./actions/outcome.ts";
import { holeCut } from "./actions/reshaping.ts";
import { linesOf } from "./feature_shapes.ts";
import { type Drawing, type HandEvent, IDLE, type Turn } from "./interaction.ts";
import { type Held, type Scene, caught } from "./scene.ts";
import { type Point, type Ring, TOUCH_M, area_m2, cornersOf, distance, isInRings, ringOfBox, roundedPoint } from "./shapes.ts";
import { typedFrom } from "./snapping.ts";
import { typedMeasure } from "./typed_measures.ts";

type Tool = Drawing["tool"];

const ONE_CLICK: ReadonlySet<Tool> = new Set(["node", "kiosk", "checkout"]);
const TWO_CLICKS: ReadonlySet<Tool> = new Set(["rectangle", "opening"]);
const LINES: ReadonlySet<Tool> = new Set(["wall", "aisle"]);

export function beginDrawing(tool: Tool, pointer: Point): Drawing {
  return { kind: "drawing", tool, points: [], pointer, pressed: null, isBeginning: false, typed: "", angle_deg: null, snap: null, veto: null };
}

/** The corners a drag or two clicks of an area stand for. */
export function boxCorners(a: Point, b: Point): Point[] {
  return cornersOf(ringOfBox(a, b));
}

/** The chosen shape around the hole, else the smallest area there that can have one. */
function holed(scene: Scene, corners: readonly Point[]): string | null {
  const first = corners[0] as Point;
  const around = scene.shown().filter((f) => f.geometry.type === "Polygon" && f.feature_type !== "kiosk" && isInRings(first, linesOf(f)));
  const chosen = around.find(({ id }) => scene.selection.has(id));
  const bySize = [...around].sort((a, b) => Math.abs(area_m2(linesOf(a)[0] as Ring)) - Math.abs(area_m2(linesOf(b)[0] as Ring)));
  return (chosen ?? bySize.find((f) => f.feature_type !== "section") ?? bySize[0])?.id ?? null;
}

/** What drawing these corners does, and the shape it changes where it draws none. */
function outcomeOf(scene: Scene, tool: Tool, corners: readonly Point[], isLoose: boolean): [Outcome, string | null] {
  const { draft, level_id, selection } = scene;
  if (tool === "hole") {
    const hole = holed(scene, corners);
    return [hole === null ? refuse("canvas.no_hole_here") : holeCut(draft, hole, corners), hole];
  }
  if (tool === "catchment") {
    const kiosk = kioskFor(draft, level_id, selection, corners);
    return [catchmentDrawn(draft, kiosk, corners, isLoose), kiosk?.id ?? null];
  }
  return [drawn(draft, level_id, tool, corners, isLoose), null];
}

function finished(scene: Scene, drawing: Drawing, points: readonly Point[], isLoose: boolean): Turn {
  const { tool } = drawing;
  const corners = tool === "rectangle" ? boxCorners(points[0] as Point, points.at(-1) as Point) : points;
  const [outcome, changed] = outcomeOf(scene, tool, corners, isLoose);
  if (isRefused(outcome)) {
    const kept = ONE_CLICK.has(tool) || TWO_CLICKS.has(tool) ? drawing.points : points;
    return { next: { ...drawing, points: kept, pressed: null, isBeginning: false, typed: "" }, refusal: outcome };
  }
  const select = new Set(changed === null ? drawnBy(outcome) : [changed]);
  const turn: Turn = { next: beginDrawing(tool, drawing.pointer), step: outcome, ...(select.size > 0 ? { select } : {}) };
  return ONE_CLICK.has(tool) ? turn : { ...turn, next: IDLE, tool: "select" };
}

function withPoint(scene: Scene, drawing: Drawing, point: Point, isLoose: boolean, slip_m = TOUCH_M): Turn {
  const { tool, points } = drawing;
  const [first, last] = [points[0], points.at(-1)];
  const isArea = !LINES.has(tool) && !TWO_CLICKS.has(tool);
  const isClosing = isArea && points.length >= 3 && first !== undefined && distance(first, point) <= scene.reach_m;
  const isSame = last !== undefined && distance(last, point) <= slip_m;
  if (isClosing || (isSame && points.length >= (isArea ? 3 : 2))) return finished(scene, drawing, points, isLoose);
  if (isSame) return { next: { ...drawing, pressed: null } };
  const longer = [...points, point];
  const needed = ONE_CLICK.has(tool) ? 1 : TWO_CLICKS.has(tool) ? 2 : Infinity;
  if (longer.length >= needed) return finished(scene, drawing, longer, isLoose);
  return { next: { ...drawing, points: longer, pressed: null, typed: "", angle_deg: null } };
}

function aimed(scene: Scene, drawing: Drawing, at: Point, held: Held): Drawing {
  const from = drawing.points.at(-1) ?? null;
  if (drawing.angle_deg !== null && from) return { ...drawing, pointer: typedFrom(from, at, null, drawing.angle_deg), snap: null };
  const snap = caught(scene, at, held, from, drawing.points.at(-2) ?? null);
  return { ...drawing, pointer: snap?.at ?? roundedPoint(at), snap };
}

function typedTaken(scene: Scene, drawing: Drawing): Turn {
  const typed = typedMeasure(drawing.typed);
  const cleared: Drawing = { ...drawing, typed: "" };
  const from = drawing.points.at(-1);
  if (typed?.kind === "place") {
    // The next measure goes on from here: east and up, until a pointer shows another way.
    const at = roundedPoint(typed.at);
    return withPoint(scene, { ...cleared, pointer: at }, at, false);
  }
  if (!typed || !from) return { next: cleared, refusal: refuse(typed ? "canvas.type_place_first" : "canvas.not_a_measure", { text: drawing.typed }) };
  if (typed.kind === "size") {
    const way = (axis: 0 | 1): number => (drawing.pointer[axis] < from[axis] ? -1 : 1);
    const to: Point = roundedPoint([from[0] + way(0) * typed.width_m, from[1] + way(1) * typed.depth_m]);
    if (drawing.points.length !== 1 || LINES.has(drawing.tool)) return { next: cleared, refusal: refuse("canvas.not_a_measure", { text: drawing.typed }) };
    return finished(scene, cleared, TWO_CLICKS.has(drawing.tool) ? [from, to] : boxCorners(from, to), false);
  }
  if (typed.length_m === null) {
    const pointer = typedFrom(from, drawing.pointer, null, typed.angle_deg);
    return { next: { ...cleared, angle_deg: typed.angle_deg, pointer, snap: null } };
  }
  return withPoint(scene, cleared, typedFrom(from, drawing.pointer, typed.length_m, typed.angle_deg ?? drawing.angle_deg), false);
}

/** A drag over an area draws it whole, a drag of a line its two ends. */
function dragged(scene: Scene, drawing: Drawing, isLoose: boolean): Turn {
  const { tool, points, isBeginning, pointer } = drawing;
  const from = points.at(-1) as Point;
  if (!isBeginning) return withPoint(scene, drawing, pointer, isLoose);
  if (LINES.has(tool) || TWO_CLICKS.has(tool)) return finished(scene, drawing, [from, pointer], isLoose);
  return finished(scene, drawing, boxCorners(from, pointer), isLoose);
}

export function drawingTurn(scene: Scene, drawing: Drawing, event: HandEvent): Turn {
  switch (event.kind) {
    case "move":
      return { next: aimed(scene, drawing, event.at, event.held) };
    case "press": {
      const here = aimed(scene, drawing, event.at, event.held);
      // The first point is set on pressing, so that a drag may begin there.
      const isFirst = here.points.length === 0 && !ONE_CLICK.has(here.tool);
      return { next: { ...here, pressed: event.at, isBeginning: isFirst, points: isFirst ? [here.pointer] : here.points } };
    }
    case "release": {
      if (drawing.pressed === null) return { next: drawing };
      const here = aimed(scene, drawing, event.at, event.held);
      if (distance(drawing.pressed, event.at) > scene.slip_m) return dragged(scene, here, event.held.alt);
      if (drawing.isBeginning) return { next: { ...drawing, pressed: null, isBeginning: false } };
      return withPoint(scene, here, here.pointer, event.held.alt, scene.slip_m);
    }
    case "double":
      return { next: drawing };
    case "finish":
      if (drawing.typed !== "") return typedTaken(scene, drawing);
      return drawing.points.length < 2 ? { next: drawing, refusal: refuse("canvas.too_few_points") } : finished(scene, drawing, drawing.points, false);
    case "cancel":
      if (drawing.typed !== "" || drawing.angle_deg !== null) return { next: { ...drawing, typed: "", angle_deg: null } };
      return drawing.points.length > 0 ? { next: beginDrawing(drawing.tool, drawing.pointer) } : { next: IDLE, tool: "select" };
    case "type":
      return { next: { ...drawing, typed: (drawing.typed + event.key).slice(0, 24) } };
    case "erase":
      if (drawing.typed !== "") return { next: { ...drawing, typed: drawing.typed.slice(0, -1) } };
      return { next: { ...drawing, points: drawing.points.slice(0, -1), pressed: null, isBeginning: false } };
    default:
      return { next: drawing };
  }
}
