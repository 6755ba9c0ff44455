/** What an action gives: one step, or the reason why not, in words people read. Pure. */
import type { EditKind, FeatureChange } from "../../../wire.gen.ts";
import type { Arguments, MessageKey } from "../../../words.ts";
import { type Draft, type Feature, type Step, isSame, partsOf } from "../draft.ts";

export interface Refusal {
  readonly refused: MessageKey;
  readonly values?: Arguments;
}

export type Outcome = Step | Refusal;

export const refuse = (refused: MessageKey, values: Arguments = {}): Refusal => ({ refused, values });

export function isRefused<T extends object>(outcome: T | Refusal): outcome is Refusal {
  return "refused" in outcome;
}

/** The shapes as they are to be, as changes of what they are; those that stay the same are left out. */
export function changesTo(draft: Draft, after: Iterable<Feature>): FeatureChange[] {
  const changes: FeatureChange[] = [];
  for (const feature of after) {
    const before = draft.features.get(feature.id) ?? null;
    if (!isSame(before, feature)) changes.push({ before, after: feature });
  }
  return changes;
}

/** A step named after its one shape, or after how many there are; slots go with their fixture and are not counted. */
export function stepOf(kind: EditKind, changes: readonly FeatureChange[]): Outcome {
  if (changes.length === 0) return refuse("canvas.no_change");
  const all = changes.map((change) => (change.after ?? change.before) as Feature);
  const shapes = all.filter(({ feature_type }) => feature_type !== "shelf_slot");
  const named = shapes.length > 0 ? shapes : all;
  return { kind, what: named.length === 1 ? (named[0] as Feature).properties.key : String(named.length), changes };
}

/** The shapes a step brings, without slots: what is selected after it. */
export function drawnBy(step: Step): string[] {
  return step.changes.flatMap(({ before, after }) => (!before && after && after.feature_type !== "shelf_slot" ? [after.id] : []));
}

/** The chosen shapes that are there. */
export function chosenOf(draft: Draft, ids: Iterable<string>): Feature[] {
  return [...ids].flatMap((id) => draft.features.get(id) ?? []);
}

/** The chosen shapes and the slots of the fixtures among them. */
export function withSlots(draft: Draft, ids: Iterable<string>): Feature[] {
  const chosen = chosenOf(draft, ids);
  const known = new Set(chosen.map(({ id }) => id));
  const { slots } = partsOf(draft);
  const theirs = chosen.flatMap(({ id, feature_type }) => (feature_type === "fixture" ? (slots.get(id) ?? []) : []));
  return [...chosen, ...theirs.filter(({ id }) => !known.has(id))];
}
