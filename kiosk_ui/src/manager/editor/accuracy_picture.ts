/** The forecast as a picture: viridis, which colour-blind people read and which is no colour of a plan; hatched where there is no position. */
import type { AccuracyForecast } from "../../wire.gen.ts";
import type { Box, Ring } from "./shapes.ts";

/** Where one colour ends and the next begins: finer where a metre decides which shelf somebody stands before. */
export const BANDS_M = [1, 2, 3, 4, 5, 7, 10] as const;
/** Viridis at even steps, good to bad. */
const COLOURS = ["#472a7a", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];
const NOBODY_WALKS = -1;
const NO_POSITION = 999;
const HATCHED_CELL_PX = 8;
/** Half a deep fixture: colours meet under what stands on the floor, instead of leaving a gap beside it. */
const UNDER_M = 0.75;

export const colourOf = (error_dm: number): string => COLOURS[BANDS_M.filter((end_m) => error_dm >= end_m * 10).length] as string;

const NOWHERE = "#c8c8c8";
/** As the bytes red, green, blue and opacity lie in memory. */
function pixelOf(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return new Uint32Array(new Uint8Array([red as number, green as number, blue as number, 255]).buffer)[0] as number;
}
const PIXEL = Array.from({ length: NO_POSITION }, (_, error_dm) => pixelOf(colourOf(error_dm)));
const NOWHERE_PIXEL = pixelOf(NOWHERE);

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

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** What of the picture's box lies inside these rings, in the words of `clip-path`; each ring is gone to and left by the same line. Pure. */
export function clipOf({ west, south, east, north }: Box, rings: readonly Ring[]): string {
  const at = ([x, y]: Ring[number]): string => `${percent((x - west) / (east - west))} ${percent((north - y) / (north - south))}`;
  const start = rings[0]?.[0];
  if (!start) return "polygon(0 0)"; // no floor, no picture
  const points = rings.flatMap((ring) => [...ring.map(at), at(ring[0] ?? start), at(start)]);
  return `polygon(evenodd, ${points.join(", ")})`;
}

/** Red, green, blue and opacity of each cell, a pixel each, north first: as many as `ImageData` wants. Pure. */
export function pixelsOf({ columns, cells }: { columns: number; cells: readonly number[] }): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint32Array(Math.ceil(cells.length / columns) * columns);
  const lastRow = pixels.length / columns - 1;
  for (let i = 0; i < cells.length; i++) {
    const pixel = PIXEL[cells[i] as number] ?? (cells[i] === NOBODY_WALKS ? 0 : NOWHERE_PIXEL);
    pixels[(lastRow - Math.floor(i / columns)) * columns + (i % columns)] = pixel;
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/** Paints the forecast over what the canvas showed. */
export function paintAccuracy(canvas: HTMLCanvasElement, forecast: AccuracyForecast): void {
  const { columns } = forecast;
  const cells = withoutGaps(forecast);
  const rows = Math.ceil(cells.length / columns);
  const isHatched = cells.includes(NO_POSITION);
  const cell_px = isHatched ? HATCHED_CELL_PX : 1; // the page enlarges it: a pixel stays a square
  canvas.width = columns * cell_px;
  canvas.height = rows * cell_px;
  const pen = canvas.getContext("2d");
  if (!pen || rows === 0) return;
  const picture = new ImageData(pixelsOf({ columns, cells }), columns, rows);
  if (!isHatched) {
    pen.putImageData(picture, 0, 0);
    return;
  }
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  small.getContext("2d")?.putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#505050";
  cells.forEach((error_dm, i) => {
    if (error_dm !== NO_POSITION) return;
    const [x, y] = [(i % columns) * cell_px, (rows - 1 - Math.floor(i / columns)) * cell_px];
    // Slanted strokes that meet those of the next cell.
    for (let k = 0; k < cell_px; k++) pen.fillRect(x + k, y + cell_px - 1 - k, 1, 1);
  });
}
