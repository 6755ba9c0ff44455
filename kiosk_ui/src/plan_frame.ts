/** The floorplan's metres turned so that the wanted direction is up. Pure. */

export type Point = readonly [x_m: number, y_m: number];

export interface Frame {
  /** The plan direction that is up on the screen, clockwise from north. */
  readonly up_deg: number;
  turn(x_m: number, y_m: number): Point;
}

/** Turned about the plan's origin: where the picture ends up is the map's business, which fits it to the screen. */
export function frameWithUp(up_deg: number): Frame {
  const angle = (up_deg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { up_deg, turn: (x_m, y_m) => [x_m * cos - y_m * sin, x_m * sin + y_m * cos] };
}

/** The part of a ring's nearest edge around (x, y): the shelf face that glows. */
export function shelfFace(ring: readonly Point[], x_m: number, y_m: number, half_width_m: number): [Point, Point] | null {
  let best: { distance: number; face: [Point, Point] } | null = null;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [from, to] = [ring[i] as Point, ring[i + 1] as Point];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (length === 0) continue;
    const along: Point = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
    const reach = Math.min(length, Math.max(0, (x_m - from[0]) * along[0] + (y_m - from[1]) * along[1]));
    const at = (s: number): Point => [from[0] + along[0] * s, from[1] + along[1] * s];
    const nearest = at(reach);
    const distance = Math.hypot(nearest[0] - x_m, nearest[1] - y_m);
    if (best === null || distance < best.distance) {
      best = { distance, face: [at(Math.max(0, reach - half_width_m)), at(Math.min(length, reach + half_width_m))] };
    }
  }
  return best?.face ?? null;
}

/** Centre of gravity of a ring: where its name is written. A ring without area answers its first point. */
export function centroid(ring: readonly Point[]): Point {
  let [area, x, y] = [0, 0, 0];
  const first = ring[0] as Point;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = [(ring[i] as Point)[0] - first[0], (ring[i] as Point)[1] - first[1]];
    const [bx, by] = [(ring[i + 1] as Point)[0] - first[0], (ring[i + 1] as Point)[1] - first[1]];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return area === 0 ? first : [first[0] + x / (3 * area), first[1] + y / (3 * area)];
}

/** The span moved, not stretched, into another; centred on it where it is the longer of the two. */
export function spanInside([from, to]: Point, [least, most]: Point): Point {
  const length = to - from;
  if (length >= most - least) return [(least + most - length) / 2, (least + most + length) / 2];
  const start = Math.min(Math.max(from, least), most - length);
  return [start, start + length];
}
