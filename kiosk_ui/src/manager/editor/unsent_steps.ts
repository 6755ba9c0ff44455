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
  keep(kept: KeptSteps): Promise<void>;
  drop(tab_id: string): Promise<void>;
  /** What tabs that live no longer left behind. */
  leftBy(user_name: string): Promise<readonly KeptSteps[]>;
}

const STORE = "unsent";
const lockName = (tab_id: string): string => `aisleway-draft-${tab_id}`;

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open("aisleway-editor", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "tab_id" });
  const database = await done(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    const finished = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the browser's storage failed"));
    });
    const answer = await done(act(transaction.objectStore(STORE)));
    await finished;
    return answer;
  } finally {
    database.close();
  }
}

/** Holds a lock in this name until it is let go or the tab ends. */
export function liveAs(tab_id: string): () => void {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  void navigator.locks?.request(lockName(tab_id), () => ended);
  return end;
}

export const browserKeeper: StepKeeper = {
  async keep(kept) {
    await inStore("readwrite", (store) => store.put(kept));
  },
  async drop(tab_id) {
    await inStore("readwrite", (store) => store.delete(tab_id));
  },
  async leftBy(user_name) {
    const all: KeptSteps[] = await inStore("readonly", (store) => store.getAll());
    const held = new Set((await navigator.locks?.query())?.held?.map((lock) => lock.name));
    return all.filter((kept) => kept.user_name === user_name && !held.has(lockName(kept.tab_id)));
  },
};
