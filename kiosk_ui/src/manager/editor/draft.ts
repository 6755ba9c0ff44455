/**
 * The draft in the browser: shapes by id and a header, never changed in place. The same rules as `domain/plan_edits.py`, so that
 * what the editor shows after a step is what the server holds.
 */
import type { EditKind, FeatureChange, FloorplanDocument, HeaderChange, PlanHeader } from "../../wire.gen.ts";

export type Feature = FloorplanDocument["features"][number];
export type FeatureOf<T extends Feature["feature_type"]> = Extract<Feature, { feature_type: T }>;

export interface Draft {
  readonly header: PlanHeader;
  readonly features: ReadonlyMap<string, Feature>;
}

/** One named thing done to the draft: what the history lists and undo takes back. */
export interface Step {
  readonly kind: EditKind;
  /** The shape's key, or how many. */
  readonly what: string;
  readonly changes: readonly FeatureChange[];
  readonly header?: HeaderChange | null;
}

/** Somebody else has changed these shapes (none: the header) since the step was made. */
export class DoesNotFit extends Error {
  constructor(readonly feature_ids: readonly string[]) {
    super(`changed meanwhile: ${feature_ids.slice(0, 5).join(", ") || "the header"}`);
  }
}

const ORDER = [
  ...["level", "section", "aisle", "unit", "wall", "opening", "fixture", "blocked_area", "amenity", "kiosk"],
  ...["scanner_node", "shelf_slot"],
];
const RANK = new Map(ORDER.map((feature_type, rank) => [feature_type, rank]));

export function idOf(change: FeatureChange): string {
  return (change.before ?? change.after)?.id ?? "";
}

/** Equal in content: a field that is absent is one that is null, as in the contract; the order of fields says nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other || (one ?? null) === (other ?? null)) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => isSame(a[name], b[name]));
}

export function draftOf(document: FloorplanDocument): Draft {
  const { type: _, format: __, features, ...header } = document;
  return { header: header as PlanHeader, features: new Map(features.map((feature) => [feature.id, feature])) };
}

/** The draft after the step. Throws `DoesNotFit` and changes nothing where a shape is not as the step says it was. */
export function applied(draft: Draft, step: Pick<Step, "changes" | "header">): Draft {
  const misfits = step.changes.filter((change) => !isSame(draft.features.get(idOf(change)), change.before));
  if (misfits.length > 0) throw new DoesNotFit(misfits.map(idOf));
  if (step.header && !isSame(draft.header, step.header.before)) throw new DoesNotFit([]);
  const features = new Map(draft.features);
  for (const change of step.changes) {
    if (change.after) features.set(change.after.id, change.after);
    else features.delete(idOf(change));
  }
  return { header: step.header?.after ?? draft.header, features };
}

/** What takes the step back. */
export function turnedRound(step: Step): Step {
  const changes = step.changes.map((change) => ({ before: change.after, after: change.before })).reverse();
  return { ...step, changes, header: step.header ? { before: step.header.after, after: step.header.before } : null };
}

/** All shapes in the one order: what lies beneath first, then by key and id. */
export function inOrder(draft: Draft): Feature[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...draft.features.values()].sort(
    (a, b) =>
      (RANK.get(a.feature_type) ?? 0) - (RANK.get(b.feature_type) ?? 0) ||
      compare(a.properties.key, b.properties.key) ||
      compare(a.id, b.id),
  );
}
