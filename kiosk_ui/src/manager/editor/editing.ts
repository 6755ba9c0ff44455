/** What the editor shows and what may be done to it. The draft is data; what is chosen, shown and zoomed is not, and is not undone. */
import { batch, computed, effect, signal } from "@preact/signals";
import { troubleWords } from "../../parts/trouble.tsx";
import { signedIn } from "../../staff/session.ts";
import type { DraftChanged, EditSaved, PlanEdit, ProblemsChange } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import type { LayerName, PlanCanvasHandle, SnapMode, ToolName } from "./canvas_props.ts";
import { DoesNotFit, type Feature, type FeatureOf, type Step, partsOf } from "./draft.ts";
import { editsSince, loadDraft, saveEdit } from "./draft_requests.ts";
import { DraftSync } from "./draft_sync.ts";
import { type KnownProblems, knownAfter } from "./problem_list.ts";
import type { SyncView } from "./sync_view.ts";
import { browserKeeper, liveAs } from "./unsent_steps.ts";

export const view = signal<SyncView | null>(null);
export const loadTrouble = signal<string | null>(null);
export const draft = computed(() => view.value?.draft ?? null);
/** Apart from the rest of the view: who waits for this alone is not drawn again with each step. */
export const isSaved = computed(() => view.value?.state === "saved");
export const problems = signal<KnownProblems | null>(null);

export const tool = signal<ToolName>("select");
export const layers = signal<ReadonlySet<LayerName>>(
  new Set<LayerName>(["zones", "aisles", "fixtures", "bays", "nodes", "kiosks", "labels", "problems", "underlay", "grid"]),
);
export const gridM = signal(0.1);
/** One sentence for the status line: what the pointer would do, or why something was not done. */
export const said = signal("");
/** Everything drawn on a level nobody has drawn yet. */
export const isNewLevel = signal(false);

const snaps = signal<{ readonly draw: SnapMode; readonly move: SnapMode }>({ draw: "lines", move: "lines" });
const activity = computed(() => (tool.value === "select" ? "move" : "draw"));
/** Remembered for drawing and for moving apart. */
export const snap = computed(() => snaps.value[activity.value]);
export function chooseSnap(mode: SnapMode): void {
  snaps.value = { ...snaps.value, [activity.value]: mode };
}

export function showLayer(name: LayerName, isShown: boolean): void {
  const next = new Set(layers.value);
  if (isShown) next.add(name);
  else next.delete(name);
  layers.value = next;
}

export const levels = computed((): readonly FeatureOf<"level">[] =>
  (draft.value ? partsOf(draft.value).drawn : [])
    .filter((feature) => feature.feature_type === "level")
    .sort((a, b) => a.properties.ordinal - b.properties.ordinal),
);
const chosenLevel = signal<string | null>(null);
export const levelId = computed(() => {
  if (isNewLevel.value) return null;
  const known = levels.value;
  const ground = known.find((level) => level.properties.ordinal >= 0) ?? known[0];
  return (known.find((level) => level.id === chosenLevel.value) ?? ground)?.id ?? null;
});
export function chooseLevel(level_id: string): void {
  isNewLevel.value = false;
  chosenLevel.value = level_id;
  select([]);
}

const chosen = signal<ReadonlySet<string>>(new Set());
/** Never a shape that is no longer there. */
export const selection = computed((): ReadonlySet<string> => {
  const features = draft.value?.features;
  const there = [...chosen.value].filter((id) => features?.has(id));
  return there.length === chosen.value.size ? chosen.value : new Set(there);
});
export const selected = computed((): readonly Feature[] => [...selection.value].flatMap((id) => draft.value?.features.get(id) ?? []));
export function select(ids: Iterable<string>): void {
  chosen.value = new Set(ids);
}

/** The canvas on the page, while there is one. */
export const canvas: { current: PlanCanvasHandle | null } = { current: null };

/** Selects shapes, on the level they lie on, and brings them into sight. */
export function goTo(features: readonly Feature[]): void {
  const first = features[0];
  if (!first) return;
  if (first.properties.level_id !== levelId.value) chooseLevel(first.properties.level_id);
  select(features.filter((feature) => feature.properties.level_id === first.properties.level_id).map(({ id }) => id));
  setTimeout(() => canvas.current?.showFeatures(selected.value)); // once the level is drawn
}

export const userName = computed(() => {
  const me = signedIn.value;
  return me === null || me === "unknown" ? null : me.user_name;
});

let sync: DraftSync | null = null;

/** Does one step. False, with the reason said, where it no longer fits. */
export function perform(step: Step, takes: { undoes?: string; redoes?: string } = {}): boolean {
  if (step.changes.length === 0 && !step.header) return false;
  const hadLevel = levels.value.length;
  try {
    sync?.perform(step, takes);
  } catch (error) {
    if (!(error instanceof DoesNotFit)) throw error;
    const features = draft.value?.features;
    const keys = error.feature_ids.map((id) => features?.get(id)?.properties.key ?? say("editor.removed_shape"));
    said.value = say("editor.does_not_fit", { keys: [...new Set(keys)].slice(0, 5).join(", ") || say("editor.header") });
    return false;
  }
  if (levels.value.length > hadLevel) {
    const drawn = step.changes.find((change) => change.after?.feature_type === "level");
    if (drawn?.after) chooseLevel(drawn.after.id);
  }
  return true;
}

export const settleClash = (isMineMadeAgain: boolean): void => sync?.settle(isMineMadeAgain);
export const settleLeft = (isDone: boolean): void => sync?.settleLeft(isDone);
export const forgetRefused = (): void => sync?.forgetRefused();
export const refreshDraft = async (): Promise<void> => sync?.refresh();

export const draftChanged = (changed: DraftChanged): void => sync?.changedBy(changed.author, changed.draft_id, changed.revision);

/** Told with a step's answer, and shown with the step itself: the page is drawn once. */
let news: { readonly draft_id: string; readonly change: ProblemsChange } | null = null;

/** Where more steps wait to be saved, only the problems after the last of them are of use. */
async function saved(edit: PlanEdit, isLast: boolean): Promise<EditSaved> {
  const answer = await saveEdit(edit, isLast ? (problems.peek()?.list_id ?? null) : null);
  if (answer.problems) news = { draft_id: edit.draft_id, change: answer.problems };
  return answer;
}

function takeProblems(): void {
  const after = news && knownAfter(problems.peek(), news.draft_id, news.change);
  news = null;
  if (after) problems.value = after;
}

function opened(user_name: string): () => void {
  const tab_id = crypto.randomUUID();
  const letGo = liveAs(tab_id);
  const mine = new DraftSync({
    server: { load: loadDraft, since: editsSince, save: saved },
    keeper: browserKeeper,
    tab_id,
    user_name,
    newId: () => crypto.randomUUID().replaceAll("-", ""),
    now: () => new Date().toISOString(),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    tell(told) {
      batch(() => {
        loadTrouble.value = null;
        view.value = told;
        takeProblems();
      });
    },
    fail: (error) => (loadTrouble.value = troubleWords(error)),
    guard: (isUnsafe) => (isUnsafe ? addEventListener("beforeunload", askBeforeLeaving) : removeEventListener("beforeunload", askBeforeLeaving)),
  });
  sync = mine;
  void mine.begin();
  return () => {
    mine.close();
    removeEventListener("beforeunload", askBeforeLeaving);
    letGo();
    sync = null;
    view.value = null;
  };
}

/** The browser asks in its own words. */
const askBeforeLeaving = (event: BeforeUnloadEvent): void => event.preventDefault();

/** A plan published from the command line, or while the connection was away, is heard of by asking. */
const LOOK_EVERY_MS = 30_000;

let isKept = false;

/** Opens the draft for whoever is signed in, and keeps it open: steps go on being saved while other places are shown. */
export function keepDraftOpen(): void {
  if (isKept) {
    void refreshDraft();
    return;
  }
  isKept = true;
  addEventListener("online", () => sync?.wake());
  setInterval(() => document.visibilityState === "visible" && void sync?.refresh(), LOOK_EVERY_MS);
  effect(() => {
    const name = userName.value;
    return name === null ? undefined : opened(name);
  });
}

/** Selecting again ends what was said of the last gesture. */
effect(() => {
  tool.value;
  said.value = "";
});
