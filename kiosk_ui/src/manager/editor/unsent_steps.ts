/**
 * Unsent steps, kept in this browser so that a reload or a crash loses none. Each tab has its own record and holds a lock while it
 * lives: a record without a living tab is offered to whoever made it, never taken in silence.
 */
import type { WaitingStep } from "./waiting_steps.ts";

export interface KeptSteps {
  readonly tab_id: string;
  readonly user_name: string;
  readonly draft_id: string;
  readonly steps: readonly WaitingStep[];
}

export interface StepKeeper {
  /** Begins at once: a page that goes away right after has kept them all the same. */
  keep(kept: KeptSteps): Promise<void>;
  drop(tab_id: string): Promise<void>;
  /**
   * What tabs that live no longer left behind; `later` is told of what others leave when they end. A reload is such a case: the page
   * before may seem to live for a moment yet, and its steps must be offered all the same.
   */
  leftBy(user_name: string, later: (kept: KeptSteps) => Promise<void>): Promise<readonly KeptSteps[]>;
}

const STORE = "unsent";
/** A page that waited longer than this for another's end is not its reload, and gives the reload time to come first. */
const RELOAD_MS = 5_000;
const lockName = (tab_id: string): string => `aisleway-draft-${tab_id}`;

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}

/** Held open for as long as the page lives: opening it anew for each step would take longer than a page needs to close. */
let database: IDBDatabase | null = null;

async function opened(): Promise<IDBDatabase> {
  const opening = indexedDB.open("aisleway-editor", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "tab_id" });
  const mine = await done(opening);
  const forget = (): void => void (database = database === mine ? null : database);
  mine.onclose = forget;
  mine.onversionchange = () => {
    forget();
    mine.close();
  };
  return (database ??= mine);
}

/**
 * Where the storage is open, the request and the order to make it last have left the page when this returns: whatever becomes of the
 * page then, the browser carries them out. The promise is for knowing that it has.
 */
async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (database ?? (await opened())).transaction(STORE, mode, { durability: "strict" });
  const finished = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the browser's storage failed"));
  });
  const answer = done(act(transaction.objectStore(STORE)));
  transaction.commit();
  await Promise.all([answer, finished]);
  return answer;
}

/** Holds a lock in this name until it is let go or the tab ends. */
export function liveAs(tab_id: string): () => void {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  void navigator.locks?.request(lockName(tab_id), () => ended);
  return end;
}

/** Takes what that tab holds when it ends, if nobody else has taken it over. */
async function atItsEnd(tab_id: string, take: () => Promise<void>): Promise<void> {
  const asked = performance.now();
  const isReload = await navigator.locks.request(lockName(tab_id), async () => {
    const hasJustEnded = performance.now() - asked < RELOAD_MS;
    if (hasJustEnded) await take();
    return hasJustEnded;
  });
  if (isReload) return;
  await new Promise((resolve) => setTimeout(resolve, RELOAD_MS));
  await navigator.locks.request(lockName(tab_id), take);
}

export const browserKeeper: StepKeeper = {
  async keep(kept) {
    await inStore("readwrite", (store) => store.put(kept));
  },
  async drop(tab_id) {
    await inStore("readwrite", (store) => store.delete(tab_id));
  },
  async leftBy(user_name, later) {
    const all: KeptSteps[] = await inStore("readonly", (store) => store.getAll());
    const held = new Set((await navigator.locks?.query())?.held?.map((lock) => lock.name));
    const theirs = all.filter((kept) => kept.user_name === user_name);
    const isLiving = ({ tab_id }: KeptSteps): boolean => held.has(lockName(tab_id));
    for (const { tab_id } of theirs.filter(isLiving)) {
      // Where the storage fails meanwhile, what is left waits for the next page that looks.
      atItsEnd(tab_id, async () => {
        const kept = await inStore<KeptSteps | undefined>("readonly", (store) => store.get(tab_id));
        if (kept) await later(kept);
      }).catch(() => undefined);
    }
    return theirs.filter((kept) => !isLiving(kept));
  },
};
