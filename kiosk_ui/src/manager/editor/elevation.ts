/** A fixture's side as the person in front of it sees it: bays from left to right, shelves from the top. Pure. */
import { type Slot, bySide, isCountedLeftward } from "./actions/shelving.ts";

export interface Elevation {
  readonly side: string;
  /** From left to right. */
  readonly bays: readonly number[];
  /** From the top. */
  readonly shelves: readonly number[];
  /** By row and column; null where that bay has no such shelf. */
  readonly cells: readonly (readonly (Slot | null)[])[];
}

const inOrder = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort((a, b) => a - b);

/** One for each side that has slots, by name. */
export function elevationsOf(slots: readonly Slot[]): Elevation[] {
  return [...bySide(slots)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([side, on]) => {
      const counted = inOrder(on.map(({ properties }) => properties.bay));
      const bays = isCountedLeftward(on) ? counted.reverse() : counted;
      const shelves = inOrder(on.map(({ properties }) => properties.shelf)).reverse();
      const at = new Map(on.map((slot) => [`${slot.properties.bay} ${slot.properties.shelf}`, slot]));
      return { side, bays, shelves, cells: shelves.map((shelf) => bays.map((bay) => at.get(`${bay} ${shelf}`) ?? null)) };
    });
}

const STEPS: Record<string, readonly [rows: number, columns: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The slot an arrow key, Home or End leads to: past places without a slot, and no further than the last. */
export function slotTowards({ cells }: Elevation, from_id: string, key: string): Slot | null {
  const row = cells.findIndex((line) => line.some((slot) => slot?.id === from_id));
  const line = cells[row];
  if (!line) return null;
  const column = line.findIndex((slot) => slot?.id === from_id);
  if (key === "Home") return line.find((slot) => slot !== null) ?? null;
  if (key === "End") return line.findLast((slot) => slot !== null) ?? null;
  const step = STEPS[key];
  if (!step) return null;
  for (let [r, c] = [row + step[0], column + step[1]]; cells[r]?.[c] !== undefined; r += step[0], c += step[1]) {
    const slot = cells[r]?.[c];
    if (slot) return slot;
  }
  return null;
}

/** The next slot to fill after this one: along the bay's shelves from the top, then the next bay. */
export function slotAfter({ cells, bays }: Elevation, from_id: string): Slot | null {
  const columns = bays.map((_, c) => cells.map((line) => line[c] ?? null));
  const inLine = columns.flat().filter((slot) => slot !== null);
  return inLine[inLine.findIndex((slot) => slot.id === from_id) + 1] ?? null;
}
