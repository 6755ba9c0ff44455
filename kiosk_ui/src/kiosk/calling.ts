/** Calling somebody of the staff to this screen. It is the screen that calls: nothing here is of whoever stands before it. */
import { signal } from "@preact/signals";
import { inOrder } from "../in_order.ts";
import { Refused, Unreachable, askWithin } from "../requests.ts";
import type { KioskCall } from "../wire.gen.ts";
import type { MessageKey } from "../words.ts";
import { PATIENCE_MS, doubts, isRevoked } from "./showing.ts";

const SHOWN_MS = 10_000;
const PATH = "/api/kiosk/call";

export const callNow = signal<KioskCall>({ state: "none", called_at: null });
const inTurn = inOrder<KioskCall>((call) => (callNow.value = call));
export const takeCall = inTurn.told;
/** Why nobody could be called. */
export const callTrouble = signal<MessageKey | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;

async function askCall(method: "GET" | "POST" | "DELETE"): Promise<void> {
  clearTimeout(timer);
  const take = inTurn.asked();
  try {
    take(await askWithin<KioskCall>(PATIENCE_MS, method, PATH));
    callTrouble.value = null;
  } catch (error) {
    if (error instanceof Unreachable) doubts.value += 1;
    if (isRevoked(error) || method === "GET") return; // asked again with the next connect
    callTrouble.value = error instanceof Refused && error.status === 429 ? "kiosk.call_often" : "app.unreachable";
    timer = setTimeout(() => (callTrouble.value = null), SHOWN_MS);
  }
}

export const fetchCall = (): Promise<void> => askCall("GET");
export const callStaff = (): Promise<void> => askCall("POST");
export const takeBackCall = (): Promise<void> => askCall("DELETE");
