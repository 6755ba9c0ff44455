/**
 * The hand on the plan: one gesture at a time, from its beginning to one step or back to where it began. A reducer: what is being
 * done, an event and the scene give what is being done next, and what follows from it. Pure.
 */
import type { DrawingTool } from "./actions/drawing.ts";
import type { Refusal } from "./actions/outcome.ts";
import type { Corner } from "./actions/reshaping.ts";
import type { ToolName } from "./canvas_props.ts";
import type { Feature, Step } from "./draft.ts";
import type { Handle } from "./handles.ts";
import type { Held } from "./scene.ts";
import type { Point } from "./shapes.ts";
import type { Snap } from "./snapping.ts";

interface Gesture {
  readonly snap: Snap | null;
  /** Why letting go here would change nothing. */
  readonly veto: Refusal | null;
}

export interface Drawing extends Gesture {
  readonly kind: "drawing";
  readonly tool: DrawingTool | "hole" | "catchment";
  readonly points: readonly Point[];
  readonly pointer: Point;
  /** Where the button went down, until it goes up. */
  readonly pressed: Point | null;
  /** That press set the first point: it may turn out to be a drag. */
  readonly isBeginning: boolean;
  readonly typed: string;
  /** Typed: the next edge goes this way. */
  readonly angle_deg: number | null;
}

export interface Moving extends Gesture {
  readonly kind: "moving";
  readonly ids: ReadonlySet<string>;
  /** Corners of the shape in hand: one of them is caught. */
  readonly corners: readonly Point[];
  readonly from: Point;
  readonly by: Point;
  readonly isByKeys: boolean;
}

export interface Reshaping extends Gesture {
  readonly kind: "reshaping";
  readonly handle: Exclude<Handle, { kind: "turn" }>;
  readonly to: Point;
  /** Ctrl: a rectangle's corner goes by itself. */
  readonly isFree: boolean;
}

export interface Turning extends Gesture {
  readonly kind: "turning";
  readonly pivot: Point;
  readonly from_deg: number;
  readonly by_deg: number;
}

/** A corner chosen by keys: arrows move it, each hold of a key is one step. */
export interface AtCorner extends Gesture {
  readonly kind: "at_corner";
  readonly feature_id: string;
  readonly corner: Corner;
  readonly by: Point;
}

export type Interaction =
  | { readonly kind: "idle" }
  /** Pressed, and not yet known whether it is a click or a drag. */
  | { readonly kind: "pressing"; readonly at: Point; readonly hit: Feature | null; readonly held: Held }
  | { readonly kind: "boxing"; readonly from: Point; readonly to: Point; readonly isAdding: boolean }
  | { readonly kind: "measuring"; readonly points: readonly Point[]; readonly pointer: Point; readonly snap: Snap | null }
  | Drawing
  | Moving
  | Reshaping
  | Turning
  | AtCorner;

export type HandEvent =
  | { readonly kind: "press" | "move" | "release" | "double"; readonly at: Point; readonly held: Held }
  /** Enter: what is drawn so far is all. */
  | { readonly kind: "finish" }
  /** Escape: back to how it was. */
  | { readonly kind: "cancel" }
  | { readonly kind: "type"; readonly key: string }
  | { readonly kind: "erase" }
  /** An arrow key is held, and let go. */
  | { readonly kind: "nudge"; readonly by: Point }
  | { readonly kind: "settle" }
  /** On to the next corner of the chosen shape. */
  | { readonly kind: "corner"; readonly way: 1 | -1 };

export interface Turn {
  readonly next: Interaction;
  readonly step?: Step;
  readonly select?: ReadonlySet<string>;
  readonly tool?: ToolName;
  readonly refusal?: Refusal;
  /** A stretch measured, once both its ends are set. */
  readonly measured?: readonly [Point, Point];
}

export const IDLE: Interaction = { kind: "idle" };
export const isBusy = ({ kind }: Interaction): boolean => kind !== "idle" && kind !== "pressing" && kind !== "at_corner";
