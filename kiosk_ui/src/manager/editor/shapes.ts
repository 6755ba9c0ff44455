/** Points, lines and rings in plan metres: what the editor measures, tests and turns. Pure. */

export type Point = readonly [x_m: number, y_m: number];
/** Closed: it ends where it begins. */
export type Ring = readonly Point[];

export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export interface Rectangle {
  readonly centre: Point;
  /** Along its own first axis, which lies `angle_deg` anticlockwise from east. */
  readonly width_m: number;
  readonly depth_m: number;
  /** 0 or more, below 180. */
  readonly angle_deg: number;
}

/** One millimetre: nearer than that is the same place, as the server keeps them. */
export const TOUCH_M = 0.001;

/** To whole millimetres, as the server keeps them. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000 + 0; // + 0: a negative zero is not the same text
}

export function roundedPoint([x, y]: Point): Point {
  return [rounded(x), rounded(y)];
}

export const plus = (a: Point, b: Point): Point => [a[0] + b[0], a[1] + b[1]];
export const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1]];
export const times = (a: Point, factor: number): Point => [a[0] * factor, a[1] * factor];
export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
export const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
export const isAt = (a: Point, b: Point): boolean => distance(a, b) <= TOUCH_M;
const cross = (o: Point, a: Point, b: Point): number => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** Anticlockwise from east, 0 or more and below 360. */
export function direction_deg(from: Point, to: Point): number {
  return (((Math.atan2(to[1] - from[1], to[0] - from[0]) * 180) / Math.PI) % 360 + 360) % 360;
}

/** The point `length_m` away in a direction, anticlockwise from east. */
export function alongFrom(from: Point, angle_deg: number, length_m: number): Point {
  return turned([from[0] + length_m, from[1]], from, angle_deg);
}

/** Turned anticlockwise about a pivot; whole quarter turns are exact. */
export function turned(point: Point, pivot: Point, angle_deg: number): Point {
  const quarters = angle_deg / 90;
  const [cos, sin] = Number.isInteger(quarters)
    ? ([[1, 0], [0, 1], [-1, 0], [0, -1]][((quarters % 4) + 4) % 4] as [number, number])
    : [Math.cos((angle_deg * Math.PI) / 180), Math.sin((angle_deg * Math.PI) / 180)];
  const [x, y] = minus(point, pivot);
  return [pivot[0] + x * cos - y * sin, pivot[1] + x * sin + y * cos];
}

/** Twice nothing is nothing: positive where the ring runs anticlockwise. */
export function area_m2(ring: Ring): number {
  let sum = 0;
  const first = ring[0] as Point;
  for (let i = 0; i + 1 < ring.length; i++) sum += cross(first, ring[i] as Point, ring[i + 1] as Point);
  return sum / 2;
}

export function boxOf(points: Iterable<Point>): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    west = Math.min(west, x);
    south = Math.min(south, y);
    east = Math.max(east, x);
    north = Math.max(north, y);
  }
  return { west, south, east, north };
}

export const centreOf = (box: Box): Point => [(box.west + box.east) / 2, (box.south + box.north) / 2];

export function isWithin(box: Box, inner: Box): boolean {
  return inner.west >= box.west && inner.east <= box.east && inner.south >= box.south && inner.north <= box.north;
}

/** The nearest point of a stretch, and how far along it lies (0 to 1). */
export function nearestOnStretch(point: Point, from: Point, to: Point): { at: Point; part: number } {
  const [dx, dy] = minus(to, from);
  const square = dx * dx + dy * dy;
  const part = square === 0 ? 0 : Math.min(1, Math.max(0, ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / square));
  return { at: [from[0] + dx * part, from[1] + dy * part], part };
}

export function nearestOnLine(point: Point, line: readonly Point[]): { at: Point; edge: number; distance_m: number } {
  let best = { at: line[0] as Point, edge: 0, distance_m: Infinity };
  for (let i = 0; i + 1 < line.length; i++) {
    const { at } = nearestOnStretch(point, line[i] as Point, line[i + 1] as Point);
    const distance_m = distance(at, point);
    if (distance_m < best.distance_m) best = { at, edge: i, distance_m };
  }
  return best;
}

/** Where two stretches cross or touch; null where they do not, or run side by side. */
export function crossing(a: Point, b: Point, c: Point, d: Point): Point | null {
  const [r, s] = [minus(b, a), minus(d, c)];
  const across = r[0] * s[1] - r[1] * s[0];
  if (Math.abs(across) < 1e-12) return null;
  const [t, u] = [
    ((c[0] - a[0]) * s[1] - (c[1] - a[1]) * s[0]) / across,
    ((c[0] - a[0]) * r[1] - (c[1] - a[1]) * r[0]) / across,
  ];
  return t < 0 || t > 1 || u < 0 || u > 1 ? null : plus(a, times(r, t));
}

/** Inside, or on the edge within a touch. */
export function isInRing(point: Point, ring: Ring): boolean {
  if (nearestOnLine(point, ring).distance_m <= TOUCH_M) return true;
  let isInside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i] as Point, ring[j] as Point];
    if (a[1] > point[1] !== b[1] > point[1] && point[0] < ((b[0] - a[0]) * (point[1] - a[1])) / (b[1] - a[1]) + a[0]) {
      isInside = !isInside;
    }
  }
  return isInside;
}

export function isInRings(point: Point, rings: readonly Ring[]): boolean {
  const [outer, ...holes] = rings;
  if (!outer || !isInRing(point, outer)) return false;
  return !holes.some((hole) => isInRing(point, hole) && nearestOnLine(point, hole).distance_m > TOUCH_M);
}

/** Whether two edges that are not neighbours meet, or a neighbour folds back on the other. */
export function isCrossingItself(ring: Ring): boolean {
  const edges = ring.length - 1;
  for (let i = 0; i < edges; i++) {
    const [a, b] = [ring[i] as Point, ring[i + 1] as Point];
    if (isAt(a, b)) return true;
    for (let j = i + 1; j < edges; j++) {
      const [c, d] = [ring[j] as Point, ring[j + 1] as Point];
      if (j === i + 1 || (i === 0 && j === edges - 1)) {
        const [tip, one, other] = j === i + 1 ? [b, a, d] : [a, b, c];
        if (nearestOnStretch(one, tip, other).part > 0 && nearestOnLine(one, [tip, other]).distance_m <= TOUCH_M) return true;
        if (nearestOnStretch(other, tip, one).part > 0 && nearestOnLine(other, [tip, one]).distance_m <= TOUCH_M) return true;
      } else if (crossing(a, b, c, d) || areTouching(a, b, c, d)) return true;
    }
  }
  return false;
}

function areTouching(a: Point, b: Point, c: Point, d: Point): boolean {
  return (
    [a, b].some((point) => nearestOnLine(point, [c, d]).distance_m <= TOUCH_M) ||
    [c, d].some((point) => nearestOnLine(point, [a, b]).distance_m <= TOUCH_M)
  );
}

/** A whole ring from its corners: closed, anticlockwise, whole millimetres, no corner twice in a row. */
export function ringOf(corners: readonly Point[]): Ring {
  const kept: Point[] = [];
  for (const corner of corners.map(roundedPoint)) {
    const last = kept.at(-1);
    if (!last || !isAt(last, corner)) kept.push(corner);
  }
  while (kept.length > 1 && isAt(kept[0] as Point, kept.at(-1) as Point)) kept.pop();
  if (kept.length === 0) return [];
  const closed = [...kept, kept[0] as Point];
  return area_m2(closed) < 0 ? closed.reverse() : closed;
}

/** The corners, each once. */
export const cornersOf = (ring: Ring): Point[] => ring.slice(0, -1) as Point[];

export function ringOfBox(a: Point, b: Point): Ring {
  return ringOf([a, [b[0], a[1]], b, [a[0], b[1]]]);
}

/** The rectangle a ring is, its width along its longer side; null where it is none to within two millimetres. */
export function rectangleOf(ring: Ring): Rectangle | null {
  if (ring.length !== 5) return null;
  const [a, b, c, d] = cornersOf(ring) as [Point, Point, Point, Point];
  if (distance(middle(a, c), middle(b, d)) > 0.002 || Math.abs(distance(a, c) - distance(b, d)) > 0.004) return null;
  const [first, second] = [distance(a, b), distance(b, c)];
  if (Math.min(first, second) < TOUCH_M) return null;
  const isFirstLonger = first >= second;
  const [from, to] = isFirstLonger ? [a, b] : [b, c];
  const angle_deg = Math.round(direction_deg(from, to) * 1000) / 1000 % 180;
  return {
    centre: middle(a, c),
    width_m: rounded(Math.max(first, second)),
    depth_m: rounded(Math.min(first, second)),
    angle_deg,
  };
}
