/** A store's draft in memory with the server's rules, for tests of how a page keeps in step with it. */
import { type Draft, type Feature, type Step, applied, draftOf, inOrder } from "../src/manager/editor/draft.ts";
import type { DraftServer } from "../src/manager/editor/sync_view.ts";
import type { KeptSteps, StepKeeper } from "../src/manager/editor/unsent_steps.ts";
import { Refused, Unreachable } from "../src/requests.ts";
import type { PlanEdit, SavedEdit } from "../src/wire.gen.ts";

export function zone(id: string, x: number): Feature {
  const ring = [[x, 0], [x + 1, 0], [x + 1, 1], [x, 0]];
  const properties = { key: id, level_id: "L", category: "retail", name: null, is_sensitive: false };
  return { type: "Feature", id, feature_type: "section", geometry: { type: "Polygon", coordinates: [ring] }, properties };
}

export const drawn = (id: string, x = 0): Step => ({ kind: "draw", what: id, changes: [{ before: null, after: zone(id, x) }] });
export const moved = (id: string, from: number, to: number): Step => ({
  kind: "move",
  what: id,
  changes: [{ before: zone(id, from), after: zone(id, to) }],
});

/** The server's rules in memory: edits fit or are refused, one edit id counts once. */
export class StoreInMemory implements DraftServer {
  draft_id = "d1";
  published_version = 0;
  edits: SavedEdit[] = [];
  draft: Draft = draftOf({ type: "FeatureCollection", format: "aisleway-floorplan-1", name: "S", features: [], accepted: [] } as never);
  isAway = false;
  losesAnswers = 0;
  /** It tells of so many steps when the draft is opened. */
  tellsOf = 100;
  refusal: Refused | null = null;
  async load() {
    if (this.isAway) throw new Unreachable("draft");
    const document = { type: "FeatureCollection", format: "aisleway-floorplan-1", ...this.draft.header, features: inOrder(this.draft) };
    const [revision, edits] = [this.edits.length, this.tellsOf === 0 ? [] : this.edits.slice(-this.tellsOf)];
    return { draft_id: this.draft_id, base_version: 0, published_version: this.published_version, revision, document, edits, may_publish: true } as never;
  }
  async since(since: number) {
    if (this.isAway) throw new Unreachable("edits");
    const edits = this.edits.filter(({ revision }) => revision > since);
    return { draft_id: this.draft_id, revision: this.edits.length, edits, published_version: this.published_version };
  }
  async save(edit: PlanEdit) {
    if (this.isAway) throw new Unreachable("edits");
    if (this.refusal) throw this.refusal;
    const known = this.edits.find((saved) => saved.edit.edit_id === edit.edit_id);
    const saved = known ?? this.taken(edit, "me");
    if (this.losesAnswers-- > 0) throw new Unreachable("edits");
    const others = this.edits.filter(({ revision }) => revision > edit.base_revision && revision < saved.revision);
    return { revision: saved.revision, others, problems: null };
  }
  taken(edit: PlanEdit, author: string): SavedEdit {
    if (edit.draft_id !== this.draft_id) throw new Refused(409, "gone");
    try {
      this.draft = applied(this.draft, edit);
    } catch {
      throw new Refused(409, "changed meanwhile");
    }
    const saved = { revision: this.edits.length + 1, author, at: "2026-01-01T00:00:00Z", edit };
    this.edits.push(saved);
    return saved;
  }
  editedBy(author: string, step: Step): void {
    const parts = { edit_id: `${author}-${this.edits.length}`, draft_id: this.draft_id, base_revision: this.edits.length };
    this.taken({ ...parts, ...step, changes: [...step.changes], header: null, undoes: null, redoes: null }, author);
  }
}

export class KeptInMemory implements StepKeeper {
  records = new Map<string, KeptSteps>();
  async keep(kept: KeptSteps) {
    this.records.set(kept.tab_id, structuredClone(kept));
  }
  async drop(tab_id: string) {
    this.records.delete(tab_id);
  }
  /** Tabs that have not ended yet, as far as anybody can see. */
  living = new Set<string>();
  private readonly watched = new Map<string, (kept: KeptSteps) => Promise<void>>();
  async leftBy(user_name: string, later: (kept: KeptSteps) => Promise<void>) {
    const theirs = [...this.records.values()].filter((kept) => kept.user_name === user_name);
    for (const { tab_id } of theirs) if (this.living.has(tab_id)) this.watched.set(tab_id, later);
    return theirs.filter(({ tab_id }) => !this.living.has(tab_id));
  }
  /** It ends: whoever watched it is told of what it left. */
  async end(tab_id: string) {
    this.living.delete(tab_id);
    const kept = this.records.get(tab_id);
    if (kept) await this.watched.get(tab_id)?.(kept);
  }
}
