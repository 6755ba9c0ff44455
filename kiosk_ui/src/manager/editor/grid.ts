/** The grid's lines over the part of the plan that is seen: every tenth is coarse, and none are drawn too close to tell apart. Pure. */
import type { Box } from "./shapes.ts";
import type { Stretch } from "./snapping.ts";

const LEAST_PX = 9;

/** Metres between the lines drawn: the grid's own, or tens and hundreds of it where that is too fine. */
function shownGrid(grid_m: number, pixelsPerMetre: number): number {
  let step = grid_m;
  while (step * pixelsPerMetre < LEAST_PX) step *= 10;
  return step;
}

export function gridLines(seen: Box, grid_m: number, pixelsPerMetre: number): { fine: Stretch[]; coarse: Stretch[] } {
  const step = shownGrid(grid_m, pixelsPerMetre);
  const [fine, coarse]: [Stretch[], Stretch[]] = [[], []];
  for (let i = Math.ceil(seen.west / step); i * step <= seen.east; i++) {
    (i % 10 === 0 ? coarse : fine).push([[i * step, seen.south], [i * step, seen.north]]);
  }
  for (let i = Math.ceil(seen.south / step); i * step <= seen.north; i++) {
    (i % 10 === 0 ? coarse : fine).push([[seen.west, i * step], [seen.east, i * step]]);
  }
  return { fine, coarse };
}
