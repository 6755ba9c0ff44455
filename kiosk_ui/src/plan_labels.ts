/** Which names fit on the plan without touching each other, and where words stand that must be read. Pure. */

export interface LabelBox {
  /** Centre and size in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const GAP_PX = 6;

export function areOverlapping(a: LabelBox, b: LabelBox): boolean {
  return (
    Math.abs(a.x - b.x) * 2 < a.width + b.width + 2 * GAP_PX && Math.abs(a.y - b.y) * 2 < a.height + b.height + 2 * GAP_PX
  );
}

/** How far a label may move up or down to find room, in its own heights; nearest first. */
const MOVES = [0, -1.4, 1.4, -2.8, 2.8];

/** Takes labels in the order given, the most wanted first; one that finds no free place nearby is left out. */
export function fittingLabels<L extends LabelBox>(wanted: readonly L[], taken: readonly LabelBox[] = []): L[] {
  const fitting: L[] = [];
  for (const label of wanted) {
    const place = MOVES.map((move) => ({ ...label, y: label.y + move * label.height })).find(
      (moved) => ![...taken, ...fitting].some((other) => areOverlapping(moved, other)),
    );
    if (place) fitting.push(place);
  }
  return fitting;
}

/**
 * How far words beside a place at `x` are moved along so that they are not cut at the edges of a plan `room` wide; in pixels.
 * Words of a place that is not in sight itself stay with it.
 */
export function shiftIntoSight(x: number, width: number, room: number): number {
  if (x < 0 || x > room) return 0;
  const edge = width / 2;
  return width > room ? room / 2 - x : Math.min(Math.max(x, edge), room - edge) - x;
}
