/** Steps the server has not taken yet, laid on the draft it holds. Pure. */
import type { DraftState, FeatureChange, HeaderChange, PlanEdit, PlanHeader, SavedEdit } from "../../wire.gen.ts";
import { DoesNotFit, type Draft, type Step, applied, idOf, isSame } from "./draft.ts";
import type { Clash, DraftEnd } from "./sync_view.ts";

export interface WaitingStep {
  readonly edit_id: string;
  readonly step: Step;
  /** The step this takes back, by its own id: it may be waiting itself. */
  readonly undoes: string | null;
  readonly redoes: string | null;
  readonly made_at: string;
}

export interface Laid {
  readonly draft: Draft;
  readonly fitting: readonly WaitingStep[];
  readonly misfits: readonly WaitingStep[];
}

/** The draft with all waiting steps done that still fit it. */
export function laidOn(base: Draft, waiting: readonly WaitingStep[]): Laid {
  let draft = base;
  const fitting: WaitingStep[] = [];
  const misfits: WaitingStep[] = [];
  for (const each of waiting) {
    try {
      draft = applied(draft, each.step);
      fitting.push(each);
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      misfits.push(each);
    }
  }
  return { draft, fitting, misfits };
}

/** What the server is sent. A step that takes back one nobody knows any more stands for itself. */
export function asEdit(
  waiting: WaitingStep,
  draft_id: string,
  base_revision: number,
  revisionOf: (edit_id: string) => number | null,
): PlanEdit {
  const { kind, what, changes, header } = waiting.step;
  return {
    edit_id: waiting.edit_id,
    draft_id,
    base_revision,
    kind,
    what: what.slice(0, 200),
    changes: [...changes],
    header: header ?? null,
    undoes: waiting.undoes === null ? null : revisionOf(waiting.undoes),
    redoes: waiting.redoes === null ? null : revisionOf(waiting.redoes),
  };
}

/** The waiting steps as the history shows them: numbered as they will be if nobody comes between. */
export function asSaved(
  waiting: readonly WaitingStep[],
  draft_id: string,
  revision: number,
  author: string,
  revisionOf: (edit_id: string) => number | null,
): SavedEdit[] {
  const expected = new Map(waiting.map((each, index) => [each.edit_id, revision + 1 + index]));
  const numberOf = (edit_id: string): number | null => expected.get(edit_id) ?? revisionOf(edit_id);
  return waiting.map((each, index) => ({
    revision: revision + 1 + index,
    author,
    at: each.made_at,
    edit: asEdit(each, draft_id, revision, numberOf),
  }));
}

function headerAgain(mine: HeaderChange, now: PlanHeader): HeaderChange | null {
  const after = { ...now };
  for (const name of Object.keys(mine.after) as (keyof PlanHeader)[]) {
    if (!isSame(mine.before[name], mine.after[name])) Object.assign(after, { [name]: mine.after[name] });
  }
  const added = mine.after.accepted.filter((id) => !mine.before.accepted.includes(id));
  const removed = new Set(mine.before.accepted.filter((id) => !mine.after.accepted.includes(id)));
  after.accepted = [...new Set([...now.accepted, ...added])].filter((id) => !removed.has(id));
  return isSame(after, now) ? null : { before: now, after };
}

/** The same outcome on top of what others did: each shape as the step left it, whatever it is now. Null where it is so already. */
export function madeAgain(draft: Draft, step: Step): Step | null {
  const changes: FeatureChange[] = [];
  for (const change of step.changes) {
    const before = draft.features.get(idOf(change)) ?? null;
    if (!isSame(before, change.after)) changes.push({ before, after: change.after });
  }
  const header = step.header ? headerAgain(step.header, draft.header) : null;
  return changes.length === 0 && header === null ? null : { ...step, changes, header };
}

/** What of a step no longer fits, and who has seen to that. */
export function clashOf(waiting: WaitingStep, draft: Draft, saved: readonly SavedEdit[]): Clash {
  const misfits = waiting.step.changes.filter((change) => !isSame(draft.features.get(idOf(change)), change.before)).map(idOf);
  const isAbout = new Set(misfits);
  const authors = saved
    .filter(({ edit }) => (isAbout.size === 0 ? edit.header : edit.changes.some((change) => isAbout.has(idOf(change)))))
    .map(({ author }) => author);
  return { waiting, feature_ids: misfits, author: authors.at(-1) ?? null };
}

/** What became of a draft that another has taken the place of. */
export function endOf(was: DraftState, now: DraftState, author: string | null): DraftEnd {
  const isPublished = now.published_version > was.published_version;
  return { how: !isPublished ? "discarded" : was.revision === 0 ? "followed" : "published", author };
}
