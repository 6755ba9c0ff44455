/** How exact positions would be on the draft, asked while the accuracy layer is shown; while something is dragged, of what is dragged. */
import { computed, effect, signal } from "@preact/signals";
import { troubleWords } from "../../parts/trouble.tsx";
import type { AccuracyForecast, FeatureChange, NextNode } from "../../wire.gen.ts";
import { askForecast, askNextNode } from "./draft_requests.ts";
import { layers, levelId, view } from "./editing.ts";

const MOST_DRAGGED = 500; // the contract's bound; so many shapes at once are forecast when they are let go

export const targetM = signal(3);
export const forecast = signal<AccuracyForecast | null>(null);
export const forecastTrouble = signal<string | null>(null);
export const dragged = signal<readonly FeatureChange[] | null>(null);
/** Where one more node would help most, until it is taken or let go. */
export const proposal = signal<NextNode | null>(null);
export const isProposing = signal(false);

let isAsking = false;
let isWanted = false;

async function ask(): Promise<void> {
  isWanted = true;
  if (isAsking) return;
  isAsking = true;
  try {
    while (isWanted) {
      isWanted = false;
      const [now, level_id] = [view.peek(), levelId.peek()];
      if (!now || level_id === null) break;
      const changes = dragged.peek() ?? [];
      const question = { draft_id: now.draft_id, revision: now.revision, level_id, target_m: targetM.peek() };
      forecast.value = await askForecast({ ...question, changes: changes.length > MOST_DRAGGED ? [] : [...changes] });
      forecastTrouble.value = null;
    }
  } catch (error) {
    forecastTrouble.value = troubleWords(error);
  } finally {
    isAsking = false;
  }
}

/** What a forecast would be of; null where none is shown. */
const subject = computed(() => {
  const [now, level_id] = [view.value, levelId.value];
  if (!layers.value.has("accuracy") || !now || level_id === null) return null;
  return [now.draft_id, now.revision, level_id, targetM.value].join(" ");
});

effect(() => {
  dragged.value;
  if (subject.value === null) forecast.value = null;
  else void ask();
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
