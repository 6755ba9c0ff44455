/** Which names fit on the plan without touching each other. Pure. */

export interface LabelBox {
  readonly text: string;
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

/** Takes labels in the order given, the most wanted first, and leaves out each that would touch one already taken. */
export function fittingLabels<L extends LabelBox>(wanted: readonly L[], taken: readonly LabelBox[] = []): L[] {
  const fitting: L[] = [];
  for (const label of wanted) {
    if (![...taken, ...fitting].some((other) => areOverlapping(label, other))) fitting.push(label);
  }
  return fitting;
}
