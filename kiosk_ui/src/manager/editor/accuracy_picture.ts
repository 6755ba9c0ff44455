/** The forecast as a picture: viridis, which colour-blind people read and which is no colour of a plan; hatched where there is no position. */
import type { AccuracyForecast } from "../../wire.gen.ts";
import type { Box, Ring } from "./shapes.ts";

/** Where one colour ends and the next begins: finer where a metre decides which shelf somebody stands before. */
export const BANDS_M = [1, 2, 3, 4, 5, 7, 10] as const;
/** Viridis at even steps, good to bad. */
const COLOURS = ["#472a7a", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];
const NOBODY_WALKS = -1;
const NO_POSITION = 999;
const CELL_PX = 8;
/** Half a deep fixture: colours meet under what stands on the floor, instead of leaving a gap beside it. */
const UNDER_M = 0.75;

export const colourOf = (error_dm: number): string => COLOURS[BANDS_M.filter((end_m) => error_dm >= end_m * 10).length] as string;

export function accuracyBox({ origin_m, cell_m, columns, error_dm }: AccuracyForecast): Box {
  const [west, south] = origin_m as [number, number];
  return { west, south, east: west + columns * cell_m, north: south + Math.ceil(error_dm.length / columns) * cell_m };
}

/** The cells with those nobody walks on filled from beside them, as far as a fixture reaches: of several neighbours the worst. */
export function withoutGaps({ columns, error_dm, cell_m }: Pick<AccuracyForecast, "columns" | "error_dm" | "cell_m">): readonly number[] {
  let cells: readonly number[] = error_dm;
  for (let step = 0; step < Math.ceil(UNDER_M / cell_m); step++) {
    const was = cells;
    const worst = (...beside: (number | undefined)[]): number => Math.max(NOBODY_WALKS, ...beside.map((error) => error ?? NOBODY_WALKS));
    cells = was.map((error, i) => {
      if (error !== NOBODY_WALKS) return error;
      const [isFirst, isLast] = [i % columns === 0, i % columns === columns - 1];
      return worst(isFirst ? undefined : was[i - 1], isLast ? undefined : was[i + 1], was[i - columns], was[i + columns]);
    });
  }
  return cells;
}

/** Drawn inside these rings alone: the level's outline. */
export function accuracyCanvas(forecast: AccuracyForecast, outline: readonly Ring[]): HTMLCanvasElement {
  const { columns, cell_m, error_dm } = forecast;
  const rows = Math.ceil(error_dm.length / columns);
  const canvas = document.createElement("canvas");
  canvas.width = columns * CELL_PX;
  canvas.height = rows * CELL_PX;
  const pen = canvas.getContext("2d");
  if (!pen) return canvas;
  const { west, north } = accuracyBox(forecast);
  const scale = CELL_PX / cell_m;
  pen.beginPath();
  for (const ring of outline) {
    ring.forEach(([x, y], i) => pen[i === 0 ? "moveTo" : "lineTo"]((x - west) * scale, (north - y) * scale));
    pen.closePath();
  }
  pen.clip("evenodd");
  withoutGaps(forecast).forEach((error, i) => {
    if (error === NOBODY_WALKS) return;
    const [x, y] = [(i % columns) * CELL_PX, (rows - 1 - Math.floor(i / columns)) * CELL_PX];
    pen.fillStyle = error < NO_POSITION ? colourOf(error) : "#c8c8c8";
    pen.fillRect(x, y, CELL_PX, CELL_PX);
    if (error < NO_POSITION) return;
    pen.fillStyle = "#505050";
    // Slanted strokes that meet those of the next cell.
    for (let k = 0; k < CELL_PX; k++) pen.fillRect(x + k, y + CELL_PX - 1 - k, 1, 1);
  });
  return canvas;
}
