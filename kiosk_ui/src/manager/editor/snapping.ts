/**
 * What catches the pointer: corners, crossings, edges, right angles, lines through what is there, the grid. The highest kind wins,
 * then the nearest; what is caught stays caught when it is caught again. Pure.
 */
import type { SnapMode } from "./canvas_props.ts";
import { type Draft, partsOf } from "./draft.ts";
import { linesOf } from "./feature_shapes.ts";
import {
  type Box,
  type Point,
  TOUCH_M,
  alongFrom,
  crossing,
  direction_deg,
  distance,
  minus,
  nearestOnStretch,
  plus,
  rounded,
  roundedPoint,
  times,
} from "./shapes.ts";

/** Highest first. */
export const SNAP_KINDS = ["corner", "crossing", "edge", "right_angle", "extension", "alignment", "angle", "grid"] as const;
export type SnapKind = (typeof SNAP_KINDS)[number];
export type Stretch = readonly [Point, Point];

export interface Snap {
  readonly at: Point;
  readonly kind: SnapKind;
  /** Lines that show why. */
  readonly guides: readonly Stretch[];
}

export interface SnapTargets {
  readonly corners: readonly Point[];
  readonly edges: readonly Stretch[];
}

export interface SnapSetting {
  readonly mode: SnapMode;
  /** The pointer's reach: pixels times metres per pixel, so that it feels alike at every zoom. */
  readonly reach_m: number;
  readonly grid_m: number;
  /** The point being drawn from, and the one before it. */
  readonly from?: Point | null;
  readonly before?: Point | null;
}

const ANGLE_STEP_DEG = 15;
/** A guide longer than any hall. */
const FAR_M = 1000;
/** Edges shorter than this are of something round; farther on than that nobody means them. */
const LEAST_EXTENDED_M = 0.8;
const EXTENDED_M = 6;
const EMPTY: SnapTargets = { corners: [], edges: [] };

/** What there is to catch on, on a level, within a part of the plan; not what is being moved. */
export function targetsOf(draft: Draft, level_id: string | null, view: Box, without: ReadonlySet<string>): SnapTargets {
  const [corners, edges]: [Point[], Stretch[]] = [[], []];
  const isSeen = ([x, y]: Point): boolean => x >= view.west && x <= view.east && y >= view.south && y <= view.north;
  for (const feature of partsOf(draft).drawn) {
    if (feature.properties.level_id !== level_id || without.has(feature.id)) continue;
    for (const line of linesOf(feature)) {
      const isClosed = feature.geometry.type === "Polygon";
      line.forEach((point, i) => {
        if ((i > 0 || !isClosed) && isSeen(point)) corners.push(point);
        if (i > 0) edges.push([line[i - 1] as Point, point]);
      });
    }
  }
  return { corners, edges };
}

interface Line {
  readonly kind: SnapKind;
  readonly ends: Stretch;
  readonly shown: readonly Stretch[];
}

/** A quick look before the exact one: most of a large plan is far away. */
function isClose([x, y]: Point, [a, b]: Stretch, reach_m: number): boolean {
  return (
    x >= Math.min(a[0], b[0]) - reach_m &&
    x <= Math.max(a[0], b[0]) + reach_m &&
    y >= Math.min(a[1], b[1]) - reach_m &&
    y <= Math.max(a[1], b[1]) + reach_m
  );
}

const isCloseCorner = ([x, y]: Point, [cx, cy]: Point, reach_m: number): boolean => Math.abs(cx - x) <= reach_m && Math.abs(cy - y) <= reach_m;

const nearest = (point: Point, found: readonly Snap[]): Snap | null =>
  found.reduce<Snap | null>((best, snap) => (best && distance(best.at, point) <= distance(snap.at, point) ? best : snap), null);

const onLine = (point: Point, { kind, ends, shown }: Line): Snap => ({ at: nearestOnStretch(point, ...ends).at, kind, guides: shown });

function through(point: Point, angle_deg: number): Stretch {
  return [alongFrom(point, angle_deg, -FAR_M), alongFrom(point, angle_deg, FAR_M)];
}

/** The lines on which a corner would line up with one that is there: at most one upright and one level. */
function alignments(point: Point, corners: readonly Point[], reach_m: number): Line[] {
  return ([0, 1] as const).flatMap((axis) => {
    let best: Point | null = null;
    const off = (corner: Point): number => Math.abs(corner[axis] - point[axis]);
    for (const corner of corners) {
      if (off(corner) > reach_m) continue;
      const isNearer = best === null || off(corner) < off(best) || (off(corner) === off(best) && distance(corner, point) < distance(best, point));
      if (isNearer) best = corner;
    }
    if (best === null) return [];
    const foot: Point = axis === 0 ? [best[0], point[1]] : [point[0], best[1]];
    return [{ kind: "alignment", ends: through(best, axis === 0 ? 90 : 0), shown: [[best, foot]] } satisfies Line];
  });
}

/** Straight on from the last edge and at right angles to it, and on from edges that stand askew. */
function rays(point: Point, targets: SnapTargets, { from, before, reach_m }: SnapSetting): Line[] {
  const lines: Line[] = [];
  if (from && before && distance(from, before) > TOUCH_M) {
    const angle = direction_deg(before, from);
    lines.push({ kind: "right_angle", ends: through(from, angle + 90), shown: [[before, from], [from, point]] });
    lines.push({ kind: "extension", ends: through(from, angle), shown: [[before, point]] });
  }
  for (const [a, b] of targets.edges) {
    const isUpright = Math.abs(a[0] - b[0]) <= TOUCH_M || Math.abs(a[1] - b[1]) <= TOUCH_M; // alignment shows those
    const isMeant = distance(a, b) >= LEAST_EXTENDED_M && Math.min(distance(a, point), distance(b, point)) <= EXTENDED_M;
    if (!isUpright && isMeant) lines.push({ kind: "extension", ends: through(a, direction_deg(a, b)), shown: [[b, point]] });
  }
  return lines.filter((line) => distance(onLine(point, line).at, point) <= reach_m);
}

function gridPoint([x, y]: Point, grid_m: number): Point {
  return [rounded(Math.round(x / grid_m) * grid_m), rounded(Math.round(y / grid_m) * grid_m)];
}

function caughtByLines(point: Point, targets: SnapTargets, setting: SnapSetting): Snap | null {
  const { reach_m, grid_m, from } = setting;
  const isNear = ({ at }: Snap): boolean => distance(at, point) <= reach_m;
  const corners = targets.corners.filter((at) => isCloseCorner(point, at, reach_m));
  const corner = nearest(point, corners.map((at): Snap => ({ at, kind: "corner", guides: [] })).filter(isNear));
  if (corner) return corner;
  const edges = targets.edges
    .filter((ends) => isClose(point, ends, reach_m))
    .map((ends): Line => ({ kind: "edge", ends, shown: [] }))
    .filter((line) => isNear(onLine(point, line)));
  const lines = rays(point, targets, setting);
  const aligned = alignments(point, from ? [...targets.corners, from] : targets.corners, reach_m);
  const all = [...edges, ...lines, ...aligned];
  const crossings = all.flatMap((one, i) =>
    all.slice(i + 1).flatMap((other): Snap[] => {
      const at = crossing(...one.ends, ...other.ends);
      return at ? [{ at, kind: "crossing", guides: [...one.shown, ...other.shown] }] : [];
    }),
  );
  const crossed = nearest(point, crossings.filter(isNear));
  if (crossed) return crossed;
  for (const found of [edges, lines]) {
    const best = nearest(point, found.map((line) => onLine(point, line)));
    if (best) return best;
  }
  const grid = gridPoint(point, grid_m);
  const [line] = aligned;
  if (line) {
    // Along the line, the grid goes on counting.
    const isUpright = line.ends[0][0] === line.ends[1][0];
    const along: Point = isUpright ? [point[0], grid[1]] : [grid[0], point[1]];
    return onLine(distance(along, point) <= reach_m ? along : point, line);
  }
  const onGrid: Snap = { at: grid, kind: "grid", guides: [] };
  return isNear(onGrid) ? onGrid : null;
}

/** The nearest of the directions in steps of 15 degrees, its length rounded along the ray: rounding x and y would leave it. */
function caughtByAngle(point: Point, from: Point, grid_m: number): Snap {
  const length = distance(from, point);
  if (length <= TOUCH_M) return { at: from, kind: "angle", guides: [] };
  const angle = Math.round(direction_deg(from, point) / ANGLE_STEP_DEG) * ANGLE_STEP_DEG;
  const straight = length * Math.cos(((direction_deg(from, point) - angle) * Math.PI) / 180);
  const whole = Math.round(straight / grid_m) * grid_m;
  const at = alongFrom(from, angle, whole);
  return { at, kind: "angle", guides: [[from, at]] };
}

function caughtOnce(point: Point, targets: SnapTargets, setting: SnapSetting): Snap | null {
  switch (setting.mode) {
    case "off":
      return null;
    case "lines":
      return caughtByLines(point, targets, setting);
    case "angles":
      if (setting.from) return caughtByAngle(point, setting.from, setting.grid_m);
      return caughtOnce(point, EMPTY, { ...setting, mode: "grid" });
    case "grid": {
      const close = targets.corners.filter((at) => isCloseCorner(point, at, setting.reach_m));
      const corners = close.map((at): Snap => ({ at, kind: "corner", guides: [] }));
      const grid: Snap = { at: gridPoint(point, setting.grid_m), kind: "grid", guides: [] };
      // Landing on a corner is always meant where it is as near as the grid.
      const corner = nearest(point, corners.filter(({ at }) => distance(at, point) <= Math.min(setting.reach_m, distance(grid.at, point))));
      return corner ?? grid;
    }
  }
}

/** Where the pointer is caught, in whole millimetres; null where nothing catches it. */
export function snapped(point: Point, targets: SnapTargets, setting: SnapSetting): Snap | null {
  let found: Snap | null = null;
  let here = point;
  // Caught on an edge it may now reach the corner: each turn ends on a higher kind, so the kinds are turns enough.
  for (let turn = 0; turn < SNAP_KINDS.length; turn++) {
    const next = caughtOnce(here, targets, setting);
    if (!next) return found;
    const isPlace = next.kind === "corner" || next.kind === "grid";
    // On a line to within a rounding is on it; a corner is met exactly.
    const at = !isPlace && distance(next.at, here) <= TOUCH_M ? here : next.at;
    const whole = roundedPoint(at);
    if (turn > 0 && whole[0] === here[0] && whole[1] === here[1]) return found;
    found = { ...next, at: whole };
    here = whole;
  }
  return found;
}

/** How far shapes go when one of their corners is caught; the corner of the highest kind decides, then the nearest. */
export function snappedMove(handles: readonly Point[], by: Point, targets: SnapTargets, setting: SnapSetting): { by: Point; snap: Snap | null } {
  const free = { by: roundedPoint(by), snap: null };
  const [first] = handles;
  if (setting.mode === "off" || !first) return free;
  if (setting.mode === "angles") {
    const snap = caughtByAngle(by, [0, 0], setting.grid_m);
    return { by: roundedPoint(snap.at), snap: { ...snap, at: plus(first, snap.at), guides: [[first, plus(first, snap.at)]] } };
  }
  let best: { by: Point; snap: Snap; off: number } | null = null;
  for (const handle of setting.mode === "grid" ? [first] : handles) {
    const moved = plus(handle, by);
    const snap = snapped(moved, targets, setting);
    if (!snap) continue;
    const off = SNAP_KINDS.indexOf(snap.kind) * 1e6 + distance(snap.at, moved);
    if (best === null || off < best.off) best = { by: roundedPoint(minus(snap.at, handle)), snap, off };
  }
  return best ?? free;
}

/** A length typed for the way the pointer shows, or with its own angle. */
export function typedFrom(from: Point, pointer: Point, length_m: number | null, angle_deg: number | null): Point {
  const way = minus(pointer, from);
  const shown = Math.hypot(...way);
  const angle = angle_deg ?? (shown > 0 ? direction_deg(from, pointer) : 0);
  if (length_m !== null) return roundedPoint(angle_deg === null && shown > 0 ? plus(from, times(way, length_m / shown)) : alongFrom(from, angle, length_m));
  const turned = shown * Math.cos(((direction_deg(from, pointer) - angle) * Math.PI) / 180);
  return roundedPoint(alongFrom(from, angle, turned));
}
