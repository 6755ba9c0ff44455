/** The only file that opens a socket. Each event's name is its message's class name in snake_case; types are the contract's. */
import { io } from "socket.io-client";
import type { DraftChanged, HelpCalls, KioskCall, KioskState, StoreOverview, TrackMoved } from "./wire.gen.ts";

interface Events {
  kiosk_state: (state: KioskState) => void;
  track_moved: (moved: TrackMoved) => void;
  kiosk_call: (call: KioskCall) => void;
  store_overview: (overview: StoreOverview) => void;
  help_calls: (calls: HelpCalls) => void;
  draft_changed: (changed: DraftChanged) => void;
}

export interface Listener extends Partial<Events> {
  /** Called on every connect and reconnect: fetch what is shown anew, messages may have been missed. */
  connected(): void;
  disconnected(): void;
}

/**
 * Opens the screen's one socket; the cookie says whose it is, the server says what it may hear. A browser may be paired as a
 * kiosk and signed in as staff at once, so the screen names which of its own sessions it speaks for.
 */
export function listen(audience: "kiosk" | "people", listener: Listener): () => void {
  const socket = io({
    query: { audience },
    transports: ["websocket"],
    reconnectionDelay: 300,
    reconnectionDelayMax: 2000,
    timeout: 5000,
  });
  socket.on("connect", listener.connected);
  socket.on("disconnect", (reason) => {
    listener.disconnected();
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 1000); // not retried by the library itself
  });
  socket.on("connect_error", listener.disconnected);
  if (listener.kiosk_state) socket.on("kiosk_state", listener.kiosk_state);
  if (listener.track_moved) socket.on("track_moved", listener.track_moved);
  if (listener.kiosk_call) socket.on("kiosk_call", listener.kiosk_call);
  if (listener.help_calls) socket.on("help_calls", listener.help_calls);
  if (listener.store_overview) socket.on("store_overview", listener.store_overview);
  if (listener.draft_changed) socket.on("draft_changed", listener.draft_changed);
  return () => socket.disconnect();
}
