/** What a service worker's global object offers, as far as ours uses it: the library's own types exclude those of a page. */

export interface LastingEvent extends Event {
  /** The worker lives at least until then. */
  waitUntil(done: Promise<unknown>): void;
}

export interface AskingEvent extends LastingEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

export interface SayingEvent extends LastingEvent {
  readonly data: unknown;
  readonly source: { readonly id: string } | null;
}

export interface Window {
  readonly id: string;
  navigate(address: string): Promise<unknown>;
}

export interface WorkerScope {
  readonly clients: {
    claim(): Promise<void>;
    matchAll(wanted: { type: "window" }): Promise<readonly Window[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", listen: (event: LastingEvent) => void): void;
  addEventListener(kind: "fetch", listen: (event: AskingEvent) => void): void;
  addEventListener(kind: "message", listen: (event: SayingEvent) => void): void;
}
