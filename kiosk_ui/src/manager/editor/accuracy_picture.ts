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

const NOWHERE = "#c8c8c8";
const KNOWN = Array.from({ length: NO_POSITION }, (_, error_dm) => colourOf(error_dm));
const fillOf = (error: number): string | null => (error === NOBODY_WALKS ? null : (KNOWN[error] ?? NOWHERE));

export function accuracyBox({ origin_m, cell_m, columns, error_dm }: AccuracyForecast): Box {
  const [west, south] = origin_m as [number, number];
  return { west, south, east: west + columns * cell_m, north: south + Math.ceil(error_dm.length / columns) * cell_m };
}

/** The cells with those nobody walks on filled from beside them, as far as a fixture reaches: of several neighbours the worst. */
export function withoutGaps({ columns, error_dm, cell_m }: Pick<AccuracyForecast, "columns" | "error_dm" | "cell_m">): readonly number[] {
  let cells: readonly number[] = error_dm;
  for (let step = 0; step < Math.ceil(UNDER_M / cell_m); step++) {
    const was = cells;
    const next = was.slice();
    for (let i = 0; i < was.length; i++) {
      if (was[i] !== NOBODY_WALKS) continue;
      const column = i % columns;
      const west = column === 0 ? NOBODY_WALKS : (was[i - 1] as number);
      const east = column === columns - 1 ? NOBODY_WALKS : (was[i + 1] ?? NOBODY_WALKS);
      next[i] = Math.max(west, east, was[i - columns] ?? NOBODY_WALKS, was[i + columns] ?? NOBODY_WALKS);
    }
    cells = next;
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
  const cells = withoutGaps(forecast);
  const colours = cells.map(fillOf);
  for (let from = 0, to = 0; from < cells.length; from = to) {
    // Neighbours of one colour are filled together: a hypermarket has eight thousand cells, and few edges between colours.
    const rowEnd = Math.min(cells.length, (Math.floor(from / columns) + 1) * columns);
    for (to = from + 1; to < rowEnd && colours[to] === colours[from]; ) to++;
    const colour = colours[from] ?? null;
    if (colour === null) continue;
    const [x, y] = [(from % columns) * CELL_PX, (rows - 1 - Math.floor(from / columns)) * CELL_PX];
    pen.fillStyle = colour;
    pen.fillRect(x, y, (to - from) * CELL_PX, CELL_PX);
    if (colour !== NOWHERE) continue;
    pen.fillStyle = "#505050";
    // Slanted strokes that meet those of the next cell.
    for (let k = 0; k < (to - from) * CELL_PX; k++) pen.fillRect(x + k, y + CELL_PX - 1 - (k % CELL_PX), 1, 1);
  }
  return canvas;
}
