/** Another version in use than the one the draft began from: who brought it, and whether its shapes are others at all. */
import { computed, effect, signal } from "@preact/signals";
import type { PlanVersion } from "../../wire.gen.ts";
import { loadVersions } from "./draft_requests.ts";
import { view } from "./editing.ts";

/** Which version's shapes a version shows: one that went back shows those it went back to. Pure. */
export function shapesOf(version: number, versions: readonly PlanVersion[]): number {
  const back = versions.find((each) => each.version === version)?.rolled_back_to ?? null;
  return back === null || back >= version ? version : shapesOf(back, versions);
}

const published = computed(() => view.value?.published_version ?? 0);
const base = computed(() => view.value?.base_version ?? 0);
const versions = signal<readonly PlanVersion[]>([]);
/** Nobody can say who it was: it is told without a name. */
const isUntold = signal(false);

effect(() => {
  const wanted = published.value;
  if (wanted <= base.value || versions.peek().some(({ version }) => version === wanted)) return;
  isUntold.value = false;
  loadVersions().then(
    (known) => (versions.value = known.versions),
    () => (isUntold.value = true),
  );
});

export interface News {
  readonly version: number;
  readonly base: number;
  readonly author: string | null;
  readonly back_to: number | null;
}

/** Null while the plan in use is the one the draft began from, or one that went back to it. */
export const news = computed((): News | null => {
  const [version, began] = [published.value, base.value];
  if (version <= began) return null;
  const found = versions.value.find((each) => each.version === version);
  if (!found) return isUntold.value ? { version, base: began, author: null, back_to: null } : null;
  if (shapesOf(version, versions.value) === shapesOf(began, versions.value)) return null;
  return { version, base: began, author: found.author, back_to: found.rolled_back_to };
});
