/** How exact positions would be on the draft, asked while the accuracy layer is shown; while something is dragged, of what is dragged. */
import { computed, effect, signal } from "@preact/signals";
import { troubleWords } from "../../parts/trouble.tsx";
import type { AccuracyForecast, FeatureChange, NextNode } from "../../wire.gen.ts";
import { askForecast, askNextNode } from "./draft_requests.ts";
import { layers, levelId, view } from "./editing.ts";
import { type Wanted, isSameWanted, wantedOf } from "./forecast_wanted.ts";

export const targetM = signal(3);
export const forecast = signal<AccuracyForecast | null>(null);
export const forecastTrouble = signal<string | null>(null);
export const dragged = signal<readonly FeatureChange[] | null>(null);
/** Where one more node would help most, until it is taken or let go. */
export const proposal = signal<NextNode | null>(null);
export const isProposing = signal(false);

let isAsking = false;
/** What the forecast shown is of, or the one being asked for. */
let asked: Wanted | null = null;

/** True where the answer is there or on its way; it is then known as the answer to this, too. */
function isAsked(next: Wanted): boolean {
  const isKnown = asked !== null && isSameWanted(asked, next);
  if (isKnown) asked = next;
  return isKnown;
}

async function ask(): Promise<void> {
  const first = wanted.peek();
  if (!first || isAsked(first) || isAsking) return;
  isAsking = true;
  try {
    for (let next: Wanted | null = first; next && !isAsked(next); next = wanted.peek()) {
      asked = next;
      const found = await askForecast(next.question);
      if (wanted.peek()) forecast.value = found;
      forecastTrouble.value = null;
    }
  } catch (error) {
    asked = null;
    forecastTrouble.value = troubleWords(error);
  } finally {
    isAsking = false;
  }
}

/** What a forecast is to be of; null where none is shown. */
const wanted = computed((): Wanted | null => {
  const [now, level_id] = [view.value, levelId.value];
  if (!layers.value.has("accuracy") || !now || level_id === null) return null;
  return wantedOf(now, level_id, targetM.value, dragged.value ?? []);
});

effect(() => {
  if (wanted.value === null) {
    forecast.value = null;
    asked = null;
  }
  // All that is done at once (a shape let go is no longer dragged, and a step) makes one question.
  else queueMicrotask(() => void ask());
});

export async function propose(): Promise<void> {
  const [now, level_id] = [view.value, levelId.value];
  if (!now || level_id === null) return;
  isProposing.value = true;
  try {
    const question = { draft_id: now.draft_id, revision: now.revision, level_id, target_m: targetM.value };
    proposal.value = await askNextNode(question);
    forecastTrouble.value = null;
  } catch (error) {
    forecastTrouble.value = troubleWords(error);
  } finally {
    isProposing.value = false;
  }
}
