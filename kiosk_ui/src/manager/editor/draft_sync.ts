/**
 * Keeps this page's draft and the server's the same. Steps are laid on it at once and sent one at a time, in order, under one id
 * however often they are tried. What others did is fetched and mine laid on top again; what no longer fits is put to the person.
 */
import { Unreachable } from "../../requests.ts";
import type { DraftState, SavedEdit } from "../../wire.gen.ts";
import { DoesNotFit, type Draft, type Step, applied, draftOf } from "./draft.ts";
import { Retries, refusalOf } from "./retries.ts";
import { StepKeeping } from "./step_keeping.ts";
import type { Clash, DraftEnd, RefusedStep, SyncParts } from "./sync_view.ts";
import type { KeptSteps } from "./unsent_steps.ts";
import { type WaitingStep, asEdit, asSaved, clashOf, endOf, laidOn, madeAgain } from "./waiting_steps.ts";

const KNOWN_EDITS = 500;

export class DraftSync {
  private state: DraftState | null = null;
  private confirmed: Draft | null = null;
  private laid: Draft | null = null;
  private saved: readonly SavedEdit[] = [];
  private waiting: readonly WaitingStep[] = [];
  private clashes: readonly Clash[] = [];
  private refused: readonly RefusedStep[] = [];
  private left: readonly WaitingStep[] = [];
  private ended: DraftEnd | null = null;
  private lastOther: string | null = null;
  /** Nothing loaded, or somebody may have ended the draft. */
  private isUnsure = true;
  /** The newest revision anybody has told of. */
  private heard = 0;
  private isRunning = false;
  private isClosed = false;
  private whenDone: Promise<void> = Promise.resolve();
  private readonly keeping: StepKeeping;
  private readonly retries: Retries;

  constructor(private readonly parts: SyncParts) {
    this.keeping = new StepKeeping(parts.keeper, parts.guard);
    this.retries = new Retries(parts.pause);
  }

  async begin(): Promise<void> {
    await this.offer(await this.parts.keeper.leftBy(this.parts.user_name, (later) => this.offer([later])).catch(() => []));
  }

  /**
   * What ended tabs left. Kept on as this tab's before theirs is let go: a crash in between loses nothing. The server is asked first
   * which of them it has; without an answer they are offered once there is a draft, and those it turns out to have are taken back.
   */
  private async offer(kept: readonly KeptSteps[]): Promise<void> {
    const looking = this.refresh();
    await Promise.race([looking, this.retries.failure()]);
    if (!this.state) await looking;
    if (this.isClosed) return;
    this.left = [...this.left, ...kept.flatMap(({ steps }) => steps).filter(this.isUnsaved)];
    this.tell();
    await this.keep();
    for (const { tab_id } of kept) if (tab_id !== this.parts.tab_id) await this.parts.keeper.drop(tab_id).catch(() => undefined);
  }

  close(): void {
    this.isClosed = true;
    this.wake();
  }

  /** Tries at once: the network is back. */
  wake(): void {
    this.retries.wake();
  }

  /** Somebody has changed the draft. */
  changedBy(author: string, draft_id: string, revision: number): void {
    this.lastOther = author;
    // At the revision known here it tells of the draft's end, or of a step of mine whose answer was quicker.
    if (this.state?.draft_id === draft_id && revision > this.state.revision) this.heard = Math.max(this.heard, revision);
    else this.isUnsure = true;
    void this.run();
  }

  /** Looks again at what the server holds, at once, and is done when it has. */
  async refresh(): Promise<void> {
    this.isUnsure = true;
    this.wake();
    await this.run();
  }

  /** Throws `DoesNotFit`, and changes nothing, where the step does not fit the draft shown. */
  perform(step: Step, takes: { undoes?: string | null; redoes?: string | null } = {}): void {
    if (!this.laid) return;
    this.laid = applied(this.laid, step);
    this.waiting = [
      ...this.waiting,
      { edit_id: this.parts.newId(), step, undoes: takes.undoes ?? null, redoes: takes.redoes ?? null, made_at: this.parts.now() },
    ];
    this.ended = null;
    void this.run(); // before the writing down and the drawing: the server works meanwhile
    void this.keep();
    this.tell();
  }

  /** The oldest clash is settled: theirs stays, or mine is made again on top of it. */
  settle(isMineMadeAgain: boolean): void {
    const [first, ...rest] = this.clashes;
    if (!first || !this.laid) return;
    this.clashes = rest;
    const again = isMineMadeAgain ? madeAgain(this.laid, first.waiting.step) : null;
    if (again) this.perform(again);
    else this.tell();
    void this.keep();
  }

  /** Steps left over are done again where they fit, become clashes where they do not; or are let go. */
  settleLeft(isDone: boolean): void {
    const left = this.left;
    this.left = [];
    if (isDone && this.laid) {
      this.waiting = [...this.waiting, ...left.filter(this.isUnsaved)];
      this.lay();
    }
    this.tell();
    void this.keep();
    void this.run();
  }

  forgetRefused(): void {
    this.refused = [];
    this.tell();
  }

  private async run(): Promise<void> {
    if (this.isRunning) return this.whenDone;
    this.isRunning = true;
    return (this.whenDone = this.work());
  }

  private async work(): Promise<void> {
    try {
      while (!this.isClosed && (this.isStale() || this.waiting.length > 0)) await this.doNext();
    } catch (error) {
      if (!this.isClosed) this.parts.fail(error);
    } finally {
      this.isRunning = false;
    }
  }

  private async doNext(): Promise<void> {
    try {
      if (!this.state) await this.load();
      else await (this.isStale() ? this.catchUp() : this.sendFirst());
      this.retries.succeeded();
      this.tell();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.retries.failed();
      if (this.state) this.tell();
      else this.parts.fail(error); // nothing to show yet but this
      await this.retries.paused();
    }
  }

  private isStale(): boolean {
    return this.isUnsure || this.heard > (this.state?.revision ?? 0);
  }

  private async load(): Promise<void> {
    const state = await this.asked(() => this.parts.server.load());
    this.heard = state.revision;
    const known = new Set(state.edits.map(({ edit }) => edit.edit_id));
    const was = this.state;
    const isAnother = was !== null && was.draft_id !== state.draft_id;
    this.state = state;
    this.saved = state.edits;
    this.confirmed = draftOf(state.document);
    this.waiting = this.waiting.filter(({ edit_id }) => !known.has(edit_id));
    this.left = this.left.filter(({ edit_id }) => !known.has(edit_id));
    if (isAnother) {
      this.ended = endOf(was, state, this.lastOther);
      this.left = [...this.left, ...this.waiting];
      this.waiting = [];
    }
    this.lay();
  }

  private async catchUp(): Promise<void> {
    const state = this.state as DraftState;
    const heard = this.heard;
    const news = await this.asked(() => this.parts.server.since(state.revision));
    if (news.draft_id !== state.draft_id) return this.load();
    this.state = { ...state, published_version: news.published_version };
    await this.take(news.edits);
    // Told of more than there is: the draft has ended and begun again in between.
    if (this.state && heard > this.state.revision) await this.load();
  }

  /** Sure once it is answered, unless somebody tells of a change meanwhile. */
  private async asked<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    this.isUnsure = false;
    try {
      return await question();
    } catch (error) {
      this.isUnsure = true;
      throw error;
    }
  }

  private async sendFirst(): Promise<void> {
    const state = this.state as DraftState;
    const first = this.waiting[0] as WaitingStep;
    const edit = asEdit(first, state.draft_id, state.revision, this.revisionOf);
    try {
      const answering = this.parts.server.save(edit, this.waiting.length === 1);
      this.tell();
      const answer = await answering;
      if (answer.revision <= state.revision) this.dropFirst(); // saved long ago, on an earlier visit
      else await this.take([...answer.others, { revision: answer.revision, author: this.parts.user_name, at: first.made_at, edit }]);
    } catch (error) {
      const { status, detail } = refusalOf(error);
      if (status === 409) {
        await this.catchUp();
        // Nothing new and refused all the same: what is shown here is not what the server holds.
        if (this.waiting[0] === first && this.state?.revision === state.revision) await this.load();
        if (this.waiting[0] !== first) return;
        if (this.state?.revision !== state.revision) return;
      }
      this.refused = [...this.refused, { step: first.step, detail }];
      this.dropFirst();
    } finally {
      if (this.waiting[0] !== first) void this.keep();
    }
  }

  private dropFirst(): void {
    this.waiting = this.waiting.slice(1);
    this.lay();
  }

  private async take(edits: readonly SavedEdit[]): Promise<void> {
    const state = this.state as DraftState;
    const news = edits.filter(({ revision }) => revision > state.revision);
    const isOnlyMine = news.length === 1 && news[0]?.edit.edit_id === this.waiting[0]?.edit_id;
    try {
      // What is shown is what the server holds then: twenty thousand shapes need not be gone through again.
      if (isOnlyMine && this.waiting.length === 1) this.confirmed = this.laid;
      else for (const { edit } of news) this.confirmed = applied(this.confirmed as Draft, edit);
    } catch (error) {
      if (error instanceof DoesNotFit) return this.load();
      throw error;
    }
    const taken = new Set(news.map(({ edit }) => edit.edit_id));
    this.saved = [...this.saved, ...news].slice(-KNOWN_EDITS);
    this.state = { ...state, revision: news.at(-1)?.revision ?? state.revision };
    this.waiting = this.waiting.filter(({ edit_id }) => !taken.has(edit_id));
    this.left = this.left.filter(({ edit_id }) => !taken.has(edit_id));
    // The step that came first was laid first already: nothing changes under the others.
    if (!isOnlyMine && news.length > 0) this.lay();
  }

  /** Mine on top of what the server holds; what no longer fits becomes a clash. */
  private lay(): void {
    const { draft, fitting, misfits } = laidOn(this.confirmed as Draft, this.waiting);
    this.laid = draft;
    this.waiting = fitting;
    this.clashes = [...this.clashes, ...misfits.map((waiting) => clashOf(waiting, draft, this.saved))];
    if (misfits.length > 0) void this.keep();
  }

  private readonly isUnsaved = ({ edit_id }: WaitingStep): boolean => this.revisionOf(edit_id) === null;

  private readonly revisionOf = (edit_id: string): number | null => this.saved.find(({ edit }) => edit.edit_id === edit_id)?.revision ?? null;

  private async keep(): Promise<void> {
    const steps = [...this.left, ...this.clashes.map(({ waiting }) => waiting), ...this.waiting];
    const { tab_id, user_name } = this.parts;
    const wasKeeping = this.keeping.isKeeping;
    await this.keeping.write({ tab_id, user_name, draft_id: this.state?.draft_id ?? "", steps });
    if (wasKeeping !== this.keeping.isKeeping) this.tell();
  }

  private tell(): void {
    const { state, laid } = this;
    if (!state || !laid || this.isClosed) return;
    this.parts.tell({
      state: this.retries.failures > 0 ? "waiting" : this.waiting.length > 0 ? "saving" : "saved",
      draft: laid,
      draft_id: state.draft_id,
      base_version: state.base_version,
      published_version: state.published_version,
      revision: state.revision,
      may_publish: state.may_publish,
      edits: [...this.saved, ...asSaved(this.waiting, state.draft_id, state.revision, this.parts.user_name, this.revisionOf)],
      waiting: this.waiting.length,
      clashes: this.clashes,
      refused: this.refused,
      left: this.left,
      ended: this.ended,
      isKeeping: this.keeping.isKeeping,
    });
  }
}
