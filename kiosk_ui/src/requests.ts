/** Questions to the store server: JSON, same origin, cookies. A refusal carries words for people, in their language where there are some. */
import { saidWords } from "./said_words.ts";
import type { Problem } from "./wire.gen.ts";

export class Refused extends Error {
  constructor(
    readonly status: number,
    /** What to mend, in plain words; null where the answer was no problem document. */
    readonly detail: string | null,
  ) {
    super(detail ?? `refused with ${status}`);
  }
}

/** What an answer that is no success says; it may be no problem document at all. */
export function refusalOf(status: number, body: unknown): Refused {
  const { code, figures, detail } = (body ?? {}) as Partial<Problem>;
  return new Refused(status, code ? saidWords(code, figures ?? {}, detail ?? "") : (detail ?? null));
}

/** The server did not answer at all. */
export class Unreachable extends Error {}

type Method = "GET" | "POST" | "PUT" | "DELETE";

export async function ask<Answer>(method: Method, path: string, message?: unknown, until: AbortSignal | null = null): Promise<Answer> {
  const init: RequestInit = { method, credentials: "same-origin", cache: "no-store", signal: until };
  if (method !== "GET") {
    init.headers = { "content-type": "application/json" };
    init.body = JSON.stringify(message ?? {});
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Unreachable(path);
  }
  if (response.status === 204) return undefined as Answer;
  const body: unknown = await response.json().catch(() => null);
  if (until?.aborted) throw new Unreachable(path);
  if (response.ok && body !== null) return body as Answer;
  // An answer that broke off in the middle says nothing of what became of the question: it is asked again, never taken as a refusal.
  if (response.ok) throw new Unreachable(path);
  if (response.status >= 502 && response.status <= 504) throw new Unreachable(path);
  throw refusalOf(response.status, body);
}

/** The same, for a screen that must not wait: a server that takes longer has not answered. */
export function askWithin<Answer>(patience_ms: number, method: Method, path: string, message?: unknown): Promise<Answer> {
  return ask<Answer>(method, path, message, AbortSignal.timeout(patience_ms));
}

/** Takes the secrets out of the page's fragment, and the fragment out of the address bar and the history. */
export function takeFragment(): URLSearchParams {
  const given = new URLSearchParams(location.hash.slice(1));
  if (location.hash !== "") history.replaceState(null, "", location.pathname);
  return given;
}
