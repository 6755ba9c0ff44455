/** Small arrowheads along a walking path that say which way it leads. Pure. */
import type { Point } from "./plan_frame.ts";

/**
 * Chevrons of three points each, `spacing_m` apart, tips towards the path's end; the first half a spacing in.
 *
 * None where the path is shorter than that, none that would reach round a corner.
 */
export function chevronsAlong(path: readonly Point[], spacing_m: number, size_m: number): [Point, Point, Point][] {
  const chevrons: [Point, Point, Point][] = [];
  let next = spacing_m / 2;
  let walked = 0;
  for (let i = 0; i + 1 < path.length; i++) {
    const [from, to] = [path[i] as Point, path[i + 1] as Point];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (length === 0) continue;
    const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
    for (; next <= walked + length; next += spacing_m) {
      const reach = next - walked;
      if (reach < size_m || length - reach < size_m / 2) continue;
      const [tx, ty] = [from[0] + ux * (reach + size_m / 2), from[1] + uy * (reach + size_m / 2)];
      const wing = (side: 1 | -1): Point => [tx - (ux + side * uy) * size_m, ty - (uy - side * ux) * size_m];
      chevrons.push([wing(1), [tx, ty], wing(-1)]);
    }
    walked += length;
  }
  return chevrons;
}
