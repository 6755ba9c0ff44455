/**
 * Writing down the steps the server has not taken yet, and knowing of each whether that is done: until then, and only then, the page
 * asks before it is left.
 */
import type { KeptSteps, StepKeeper } from "./unsent_steps.ts";

export class StepKeeping {
  /** False where this browser cannot keep steps: a reload would lose them. */
  isKeeping = true;
  private wanted: readonly string[] = [];
  private written: ReadonlySet<string> = new Set();
  private begun = 0;
  private newest = 0;

  constructor(
    private readonly keeper: StepKeeper,
    /** Whether a step is neither on the server nor written down. */
    private readonly guard: (isUnsafe: boolean) => void,
  ) {}

  /** These are all there are. The writing begins at once, before the page can go: it is not put behind the one before. */
  async write(kept: KeptSteps): Promise<void> {
    const number = ++this.begun;
    this.wanted = kept.steps.map(({ edit_id }) => edit_id);
    const isEmpty = kept.steps.length === 0;
    const writing = isEmpty ? this.keeper.drop(kept.tab_id) : this.keeper.keep(kept);
    this.look();
    try {
      await writing;
      if (number > this.newest) this.written = new Set(kept.steps.map(({ edit_id }) => edit_id));
      this.newest = Math.max(this.newest, number);
      this.isKeeping = true;
    } catch {
      this.isKeeping = isEmpty;
    }
    this.look();
  }

  private look(): void {
    this.guard(this.wanted.some((edit_id) => !this.written.has(edit_id)));
  }
}
