/** How often the server was asked in vain since it last answered, and how long to wait before it is asked again. */
import { Refused, Unreachable } from "../../requests.ts";

const LONGEST_PAUSE_MS = 15_000;

export class Retries {
  failures = 0;
  private wakeUp: () => void = () => undefined;
  private readonly toTell: (() => void)[] = [];

  constructor(private readonly pause: (milliseconds: number) => Promise<void>) {}

  /** Ends a pause: it may be worth asking now. */
  wake(): void {
    this.wakeUp();
  }

  succeeded(): void {
    this.failures = 0;
  }

  failed(): void {
    this.failures++;
    for (const tell of this.toTell.splice(0)) tell();
  }

  /** The next one. */
  async failure(): Promise<void> {
    return new Promise((resolve) => this.toTell.push(resolve));
  }

  async paused(): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.wakeUp = resolve));
    await Promise.race([woken, this.pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.failures))]);
  }
}

/** What the server refuses for good. Anything else that went wrong is thrown: asked later, it may do it. */
export function refusalOf(error: unknown): Refused {
  if (!(error instanceof Refused) || error.status === 401) throw error;
  if (error.status === 429 || error.status >= 500) throw new Unreachable(error.message);
  return error;
}
