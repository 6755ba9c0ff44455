/** Who is signed in, for the staff and manager screens. The session itself is a cookie no script can read. */
import { signal } from "@preact/signals";
import { Refused, ask } from "../requests.ts";
import type { SignIn, SignedIn } from "../wire.gen.ts";

export const signedIn = signal<SignedIn | null | "unknown">("unknown");

export async function begin(): Promise<void> {
  try {
    signedIn.value = await ask<SignedIn>("GET", "/api/sessions/mine");
  } catch (error) {
    if (error instanceof Refused) signedIn.value = null;
    else setTimeout(() => void begin(), 2000); // the server is not up yet
  }
}

export async function signIn(user_name: string, password: string): Promise<void> {
  signedIn.value = await ask<SignedIn>("POST", "/api/sessions", { user_name, password } satisfies SignIn);
}

export async function signOut(): Promise<void> {
  await ask<undefined>("DELETE", "/api/sessions").catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
  });
  signedIn.value = null;
}

/** Asks as the person signed in; a session that ended shows the sign-in again. */
export async function askSignedIn<Answer>(method: "GET" | "POST" | "DELETE", path: string, message?: unknown): Promise<Answer> {
  try {
    return await ask<Answer>(method, path, message);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) signedIn.value = null;
    throw error;
  }
}
