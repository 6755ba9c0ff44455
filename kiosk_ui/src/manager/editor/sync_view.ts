/** What the page is told of the draft it shares with the server, and what it is asked to decide. */
import type { DraftEdits, DraftState, EditSaved, PlanEdit, SavedEdit } from "../../wire.gen.ts";
import type { Draft, Step } from "./draft.ts";
import type { StepKeeper } from "./unsent_steps.ts";
import type { WaitingStep } from "./waiting_steps.ts";

export interface DraftServer {
  load(): Promise<DraftState>;
  since(revision: number): Promise<DraftEdits>;
  save(edit: PlanEdit, isLast: boolean): Promise<EditSaved>;
}

export interface Clash {
  readonly waiting: WaitingStep;
  readonly feature_ids: readonly string[];
  /** Who changed them last, where that is known. */
  readonly author: string | null;
}

export interface RefusedStep {
  readonly step: Step;
  readonly detail: string | null;
}

/** What became of the draft these pages knew: a new one has taken its place. */
export interface DraftEnd {
  /** `followed`: nobody had drawn in it, and another version is in use. */
  readonly how: "published" | "discarded" | "followed";
  /** Who did it, where that is known. */
  readonly author: string | null;
}

export interface SyncView {
  readonly state: "saved" | "saving" | "waiting";
  readonly draft: Draft;
  readonly draft_id: string;
  readonly base_version: number;
  readonly published_version: number;
  readonly revision: number;
  readonly may_publish: boolean;
  /** Oldest first; those not saved yet are numbered as they will be. */
  readonly edits: readonly SavedEdit[];
  readonly waiting: number;
  readonly clashes: readonly Clash[];
  readonly refused: readonly RefusedStep[];
  /** Steps of an earlier visit, or of a draft that has ended. */
  readonly left: readonly WaitingStep[];
  readonly ended: DraftEnd | null;
  /** This browser cannot keep unsent steps: a reload would lose them. */
  readonly isKeeping: boolean;
}

/** What the keeping in step is made of: given, so that it can be tried without a browser. */
export interface SyncParts {
  readonly server: DraftServer;
  readonly keeper: StepKeeper;
  readonly tab_id: string;
  readonly user_name: string;
  readonly newId: () => string;
  readonly now: () => string;
  /** Until so many milliseconds have passed; `wake` ends it early. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly tell: (view: SyncView) => void;
  readonly fail: (error: unknown) => void;
  /** Whether leaving the page now would lose a step: it is neither on the server nor written down. */
  readonly guard: (isUnsafe: boolean) => void;
}
