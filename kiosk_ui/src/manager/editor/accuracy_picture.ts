/** The forecast as a picture: cividis, which colour-blind people read and which prints; hatched where there is no position. */
import type { AccuracyForecast } from "../../wire.gen.ts";
import type { Box } from "./shapes.ts";

/** Cividis at even steps, good to bad: near blue is exact. */
const COLOURS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];
const WORST_DM = 100;
const NOBODY_WALKS = -1;
const NO_POSITION = 999;
const CELL_PX = 6;

/** The colour of an error; beyond ten metres all are alike. */
export function colourOf(error_dm: number): string {
  const share = Math.min(1, Math.max(0, error_dm / WORST_DM));
  return COLOURS[Math.min(COLOURS.length - 1, Math.floor(share * COLOURS.length))] as string;
}

export function accuracyBox({ origin_m, cell_m, columns, error_dm }: AccuracyForecast): Box {
  const [west, south] = origin_m as [number, number];
  return { west, south, east: west + columns * cell_m, north: south + Math.ceil(error_dm.length / columns) * cell_m };
}

export function accuracyCanvas({ columns, error_dm }: AccuracyForecast): HTMLCanvasElement {
  const rows = Math.ceil(error_dm.length / columns);
  const canvas = document.createElement("canvas");
  canvas.width = columns * CELL_PX;
  canvas.height = rows * CELL_PX;
  const pen = canvas.getContext("2d");
  if (!pen) return canvas;
  error_dm.forEach((error, i) => {
    if (error === NOBODY_WALKS) return;
    const [x, y] = [(i % columns) * CELL_PX, (rows - 1 - Math.floor(i / columns)) * CELL_PX];
    if (error < NO_POSITION) {
      pen.fillStyle = colourOf(error);
      pen.fillRect(x, y, CELL_PX, CELL_PX);
      return;
    }
    pen.fillStyle = "#888";
    // Slanted strokes that meet those of the next cell.
    for (let k = 0; k < CELL_PX; k++) pen.fillRect(x + k, y + CELL_PX - 1 - k, 1, 1);
  });
  return canvas;
}
