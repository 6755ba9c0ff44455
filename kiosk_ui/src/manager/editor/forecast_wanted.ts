/**
 * What a forecast is to be of: the draft as it is shown, steps that are not saved yet and shapes that are being dragged included. It
 * is asked for at once and beside the saving, and not again when a step is saved or a dragged shape is let go where it is. Pure.
 */
import type { AskForecast, FeatureChange } from "../../wire.gen.ts";
import { type Draft, type Feature, idOf } from "./draft.ts";
import type { SyncView } from "./sync_view.ts";

/** The contract's bound; so many shapes at once are forecast when they are saved. */
export const MOST_CHANGED = 500;

/** What signals and feet meet; nothing else makes a difference. */
const COUNTED: ReadonlySet<Feature["feature_type"]> = new Set(["level", "fixture", "wall", "kiosk", "blocked_area", "scanner_node"]);

export interface Wanted {
  readonly question: AskForecast;
  /** The draft shown, where all of it is asked for. */
  readonly draft: Draft | null;
  /** The question in letters: what is asked of, and of which saved draft. */
  readonly words: string;
}

export function wantedOf(
  { draft_id, draft, revision, edits, waiting }: Pick<SyncView, "draft_id" | "draft" | "revision" | "edits" | "waiting">,
  level_id: string,
  target_m: number,
  dragged: readonly FeatureChange[],
): Wanted {
  const unsaved = edits.slice(edits.length - waiting).flatMap(({ edit }) => edit.changes);
  const last = new Map<string, FeatureChange>();
  for (const change of [...unsaved, ...dragged]) {
    const shape = change.after ?? change.before;
    if (shape && COUNTED.has(shape.feature_type)) last.set(idOf(change), change);
  }
  const isWhole = last.size <= MOST_CHANGED;
  const question = { draft_id, revision, level_id, target_m, changes: isWhole ? [...last.values()] : [] };
  const after = question.changes.map((change) => [idOf(change), change.after]);
  const words = JSON.stringify([draft_id, revision, level_id, target_m, after]);
  return { question, draft: isWhole && dragged.length === 0 ? draft : null, words };
}

/** Whether the answer to one is the answer to the other. */
export function isSameWanted(one: Wanted, other: Wanted): boolean {
  const [a, b] = [one.question, other.question];
  const isSameDraft = one.draft !== null && one.draft === other.draft && a.level_id === b.level_id && a.target_m === b.target_m;
  return isSameDraft || one.words === other.words;
}
