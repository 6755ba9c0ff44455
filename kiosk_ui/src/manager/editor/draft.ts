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

/** The shapes in two: what is drawn as itself, and the slots by the fixture they are on, twenty thousand in a large store. */
export interface Parts {
  readonly drawn: readonly Feature[];
  /** A fixture's list is another one only where its slots are. */
  readonly slots: ReadonlyMap<string, readonly FeatureOf<"shelf_slot">[]>;
}

const parts = new WeakMap<Draft, Parts>();

/** Each part in the draft's order. */
export function partsOf(draft: Draft): Parts {
  const known = parts.get(draft);
  if (known) return known;
  const drawn: Feature[] = [];
  const slots = new Map<string, FeatureOf<"shelf_slot">[]>();
  for (const feature of draft.features.values()) {
    if (feature.feature_type !== "shelf_slot") drawn.push(feature);
    else addTo(slots, feature);
  }
  parts.set(draft, { drawn, slots });
  return { drawn, slots };
}

function addTo(slots: Map<string, FeatureOf<"shelf_slot">[]>, slot: FeatureOf<"shelf_slot">): void {
  const list = slots.get(slot.properties.fixture_id);
  if (list) list.push(slot);
  else slots.set(slot.properties.fixture_id, [slot]);
}

/** The same after a step, without going through them all. */
function partsAfter(had: Parts, features: ReadonlyMap<string, Feature>, changes: readonly FeatureChange[]): Parts {
  const isDrawnNew = (change: FeatureChange): boolean => !change.before && !!change.after;
  const touched = changes.flatMap(({ before, after }) => [before, after]).filter((feature) => !!feature);
  const isDrawing = touched.some(({ feature_type }) => feature_type !== "shelf_slot");
  const still = <F extends Feature>(list: readonly F[]): F[] => list.flatMap(({ id }) => (features.get(id) as F | undefined) ?? []);
  const come = changes.filter(isDrawnNew).flatMap(({ after }) => features.get(after?.id ?? "") ?? []);
  const drawn = isDrawing ? [...still(had.drawn), ...come.filter(({ feature_type }) => feature_type !== "shelf_slot")] : had.drawn;
  const fixtures = new Set(touched.flatMap((feature) => (feature.feature_type === "shelf_slot" ? [feature.properties.fixture_id] : [])));
  if (fixtures.size === 0) return { drawn, slots: had.slots };
  const slots = new Map(had.slots);
  const moving: FeatureOf<"shelf_slot">[] = [];
  for (const fixture_id of fixtures) {
    const left = still(had.slots.get(fixture_id) ?? []);
    slots.set(fixture_id, left.filter((slot) => slot.properties.fixture_id === fixture_id));
    moving.push(...left.filter((slot) => slot.properties.fixture_id !== fixture_id));
  }
  const lists = slots as Map<string, FeatureOf<"shelf_slot">[]>;
  for (const slot of [...moving, ...come]) if (slot.feature_type === "shelf_slot") addTo(lists, slot);
  for (const fixture_id of fixtures) if (slots.get(fixture_id)?.length === 0) slots.delete(fixture_id);
  return { drawn, slots };
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
  const after = { header: step.header?.after ?? draft.header, features };
  const had = parts.get(draft);
  if (had) parts.set(after, partsAfter(had, features, step.changes));
  return after;
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
