/** What the plan's canvas is given and what it says back: it draws, and turns one finished gesture into one step. */
import type { AccuracyForecast, DraftProblem, FeatureChange } from "../../wire.gen.ts";
import type { Draft, Feature, Step } from "./draft.ts";

export type ToolName =
  | "select"
  | "outline"
  | "wall"
  | "rectangle"
  | "polygon"
  | "zone"
  | "aisle"
  | "opening"
  | "unit"
  | "blocked_area"
  | "node"
  | "kiosk"
  | "catchment"
  | "checkout"
  | "hole"
  | "measure";

/** Which candidates catch the pointer; Alt suspends them all. */
export type SnapMode = "lines" | "grid" | "angles" | "off";

export type LayerName = "zones" | "aisles" | "fixtures" | "bays" | "nodes" | "kiosks" | "labels" | "problems" | "accuracy" | "underlay" | "grid";

/** A picture under the plan, for tracing. */
export interface Underlay {
  readonly url: string;
  readonly width_px: number;
  readonly height_px: number;
  readonly m_per_px_x: number;
  readonly m_per_px_y: number;
  /** Where its lower left corner lies. */
  readonly x_m: number;
  readonly y_m: number;
  readonly opacity: number;
}

export interface PlanCanvasProps {
  readonly draft: Draft;
  readonly level_id: string | null;
  readonly selection: ReadonlySet<string>;
  readonly tool: ToolName;
  readonly snap: SnapMode;
  readonly grid_m: number;
  readonly layers: ReadonlySet<LayerName>;
  readonly problems: readonly DraftProblem[];
  readonly shownProblem: DraftProblem | null;
  readonly forecast: AccuracyForecast | null;
  readonly underlay: Underlay | null;
  /** False for those who may only look, and while a version is compared. */
  readonly isEditable: boolean;
  onStep(step: Step): void;
  onSelect(ids: ReadonlySet<string>): void;
  onTool(tool: ToolName): void;
  /** What is being dragged, for the forecast to follow; null when let go. */
  onDragging(changes: readonly FeatureChange[] | null): void;
  /** Two clicked points of the underlay in its pixels, while it is being measured. */
  onMeasured?(from_px: readonly [number, number], to_px: readonly [number, number]): void;
  /** One sentence for the status line: what the pointer would do, or why not. */
  onSay(words: string): void;
}

/** What the page may ask of the canvas. */
export interface PlanCanvasHandle {
  fit(): void;
  showFeatures(features: readonly Feature[]): void;
  showPlace(x_m: number, y_m: number): void;
  /** Moves the plan as little as brings these shapes into view, once the hand has let go. */
  keepInSight(features: readonly Feature[]): void;
  /** Where the pointer or the keyboard's cross is, in plan metres. */
  pointer(): readonly [number, number];
}
