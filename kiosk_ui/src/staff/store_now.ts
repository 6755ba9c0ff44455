/** How the store is doing, kept fresh over the socket: nodes and kiosks, never a person. */
import { effect, signal } from "@preact/signals";
import { type Listener, listen } from "../connection.ts";
import { inOrder } from "../in_order.ts";
import { troubleWords } from "../parts/trouble.tsx";
import type { StoreOverview } from "../wire.gen.ts";
import { countCallsInTitle, fetchCalls, takeCalls } from "./calls.tsx";
import { askSignedIn, signedIn } from "./session.ts";

export const store = signal<StoreOverview | null>(null);
export const isConnected = signal(true);
export const storeTrouble = signal<string | null>(null);

const inTurn = inOrder<StoreOverview>((overview) => (store.value = overview));

export async function fetchStore(): Promise<void> {
  const take = inTurn.asked();
  try {
    take(await askSignedIn<StoreOverview>("GET", "/api/staff/overview"));
    storeTrouble.value = null;
  } catch (error) {
    storeTrouble.value = troubleWords(error);
  }
}

/** Listens while somebody is signed in; a page may want to hear more over the same socket. */
export function keepConnected(also: Partial<Listener> = {}): void {
  let close: (() => void) | null = null;
  countCallsInTitle();
  effect(() => {
    const isSignedIn = signedIn.value !== null && signedIn.value !== "unknown";
    if (isSignedIn && close === null) {
      void fetchStore();
      close = listen("people", {
        ...also,
        connected() {
          isConnected.value = true;
          void fetchStore();
          void fetchCalls();
          also.connected?.();
        },
        disconnected() {
          isConnected.value = false;
          void fetchStore(); // a session that ended shows the sign-in
        },
        help_calls: takeCalls,
        store_overview: inTurn.told,
      });
    }
    if (!isSignedIn && close !== null) {
      close();
      close = null;
      store.value = null;
      takeCalls(null);
    }
  });
}
