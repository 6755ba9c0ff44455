/**
 * A shape that was half drawn when another tool or level was chosen, or the page was left. Map editors throw it away, programs for
 * pictures end it as it is; here neither would do: half an outline is no shape, and to measure something, or to look at another level,
 * is a part of drawing. So it is laid aside, as a CAD program's line waits while something else is looked at, and goes on where it was
 * when its tool is taken up again on its level. Escape lets it go. It outlasts a reload, not the tab.
 */
import { signal } from "@preact/signals";
import type { ToolName } from "./canvas_props.ts";
import type { Drawing, Interaction } from "./interaction.ts";

export interface HalfDrawn {
  readonly drawing: Drawing;
  /** Null: of a level that is to be. */
  readonly level_id: string | null;
}

const KEPT_AS = "aisleway-half-drawn";

function kept(): HalfDrawn | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "null") as HalfDrawn | null;
  } catch {
    return null; // no storage here: it outlasts nothing but a change of tools
  }
}

export const halfDrawn = signal<HalfDrawn | null>(kept());

export function letGo(): void {
  keep(null);
}

function keep(half: HalfDrawn | null): void {
  halfDrawn.value = half;
  try {
    if (half) sessionStorage.setItem(KEPT_AS, JSON.stringify(half));
    else sessionStorage.removeItem(KEPT_AS);
  } catch {
    // As above.
  }
}

/** Keeps what the hand has half drawn; a tool that has set no point yet leaves what was laid aside before. */
export function layAside(hand: Interaction, level_id: string | null): void {
  if (hand.kind !== "drawing" || hand.points.length === 0) return;
  const { isBeginning, points } = hand;
  // A button still down would have set that first point only by going up.
  if (isBeginning && points.length === 1 && hand.pressed !== null) return;
  keep({ drawing: { ...hand, pressed: null, isBeginning: false, snap: null, veto: null }, level_id });
}

/** What was half drawn with this tool on this level, back in the hand. */
export function takenUp(tool: ToolName, level_id: string | null): Drawing | null {
  const half = halfDrawn.peek();
  if (!half || half.drawing.tool !== tool || half.level_id !== level_id) return null;
  keep(null);
  return half.drawing;
}
