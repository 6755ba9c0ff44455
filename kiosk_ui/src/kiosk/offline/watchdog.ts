/**
 * Notices that a window's main thread hangs: it says every two seconds that it runs, and is led away when it has not for ten.
 *
 * Pure: who counts the seconds and who leads away is the worker's business. Seconds are counted one by one rather than by the
 * clock, so that a computer that slept has missed one second and not a night.
 */

export const HUNG_AFTER_S = 10;
/** Not more often than this, or a page that hangs as soon as it is loaded would never be seen. */
export const WAKES_EVERY_S = 60;

export class Watchdog {
  private readonly missed_s = new Map<string, number>();
  private sinceWake_s = WAKES_EVERY_S;
  /** Windows were led to a new page, and none has said yet that it runs. */
  private isAwaited = false;

  /** @param wake leads these windows to a new page; all of them where none is named. */
  constructor(private readonly wake: (windows: readonly string[]) => void) {}

  runs(window: string): void {
    this.missed_s.set(window, 0);
    this.isAwaited = false;
  }

  /** It is hidden or about to go: its timers may stand still without anything being wrong. */
  rests(window: string): void {
    this.missed_s.delete(window);
  }

  /** Once a second. */
  tick(): void {
    this.sinceWake_s += 1;
    for (const [window, missed] of this.missed_s) this.missed_s.set(window, missed + 1);
    if (this.sinceWake_s < WAKES_EVERY_S) return;
    const hung = [...this.missed_s].filter(([, missed]) => missed >= HUNG_AFTER_S).map(([window]) => window);
    if (hung.length === 0 && !this.isAwaited) return;
    for (const window of hung) this.missed_s.delete(window);
    this.sinceWake_s = 0;
    this.isAwaited = true;
    this.wake(hung);
  }
}
