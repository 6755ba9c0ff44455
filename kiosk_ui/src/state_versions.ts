/** Whether a state that arrives is the next one, an old one, or one after a gap. */

interface Versioned {
  readonly version: number;
  readonly at: string;
}

export type Arrival = "take" | "take_and_fetch" | "ignore";

/**
 * A state pushed over the socket, beside the one shown.
 *
 * Versions start again when the server does, so an older number with a later instant is a new server, not an old state.
 */
export function judgePushed(shown: Versioned | null, pushed: Versioned): Arrival {
  if (shown === null || pushed.version === shown.version + 1) return "take";
  if (pushed.version > shown.version) return "take_and_fetch";
  return Date.parse(pushed.at) > Date.parse(shown.at) && pushed.version < shown.version ? "take_and_fetch" : "ignore";
}

/** A state that was asked for: taken unless a later one was pushed while the answer was on its way. */
export function isFetchedNewer(shown: Versioned | null, fetched: Versioned): boolean {
  return shown === null || Date.parse(fetched.at) >= Date.parse(shown.at) || fetched.version > shown.version;
}

/** Whether what is shown is not what the server says holds; a later number, or another one of a server that counts anew. */
export function isBehind(shown: Versioned | null, now: Versioned): boolean {
  if (shown === null || now.version > shown.version) return true;
  return now.version < shown.version && Date.parse(now.at) > Date.parse(shown.at);
}
