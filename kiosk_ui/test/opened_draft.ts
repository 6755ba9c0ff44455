/** A draft kept the same as a server's, as a page opens it, with what it tells kept for the test. */
import type { Draft } from "../src/manager/editor/draft.ts";
import { DraftSync } from "../src/manager/editor/draft_sync.ts";
import type { DraftServer, SyncView } from "../src/manager/editor/sync_view.ts";
import type { StepKeeper } from "../src/manager/editor/unsent_steps.ts";
import { KeptInMemory } from "./draft_in_memory.ts";

let count = 0;
export const shortly = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
export function opened(server: DraftServer, keeper: StepKeeper = new KeptInMemory(), tab_id = "tab", pause = shortly) {
  const views: SyncView[] = [];
  const failed: unknown[] = [];
  const sync = new DraftSync({
    server,
    keeper,
    tab_id,
    user_name: "me",
    newId: () => `edit-${++count}`,
    now: () => "2026-01-01T00:00:00Z",
    pause,
    tell: (view) => views.push(view),
    fail: (error) => failed.push(error),
    guard: () => undefined,
  });
  return { sync, failed, view: () => views.at(-1) as SyncView };
}
export const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};
export const ids = (draft: Draft): string[] => [...draft.features.keys()].sort();
