/** What a gesture happens in: the draft, what is chosen of it and how the pointer is caught. */
import type { SnapMode, ToolName } from "./canvas_props.ts";
import type { Draft, Feature } from "./draft.ts";
import type { Point } from "./shapes.ts";
import { type Snap, type SnapTargets, snapped } from "./snapping.ts";

export interface Scene {
  readonly draft: Draft;
  readonly level_id: string | null;
  readonly selection: ReadonlySet<string>;
  readonly tool: ToolName;
  readonly snap: SnapMode;
  readonly grid_m: number;
  readonly isEditable: boolean;
  /** How near counts as on it: more for fingers. */
  readonly reach_m: number;
  /** How far a press may slip and still be a click. */
  readonly slip_m: number;
  /** Shapes that can be seen and so be taken hold of; of the level, without slots. */
  shown(): readonly Feature[];
  targets(without: ReadonlySet<string>): SnapTargets;
}

/** Keys held during a gesture. */
export interface Held {
  readonly alt: boolean;
  readonly shift: boolean;
  readonly ctrl: boolean;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Where the pointer is caught in this scene; Alt suspends it. */
export function caught(scene: Scene, at: Point, held: Held, from: Point | null, before: Point | null, without = NOTHING): Snap | null {
  if (held.alt) return null;
  const { snap: mode, reach_m, grid_m } = scene;
  const targets = mode === "lines" || mode === "grid" ? scene.targets(without) : { corners: [], edges: [] };
  return snapped(at, targets, { mode, reach_m, grid_m, from, before });
}
