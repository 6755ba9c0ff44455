/** The published plan and what is to be mended on it. */
import { computed, signal } from "@preact/signals";
import { troubleWords } from "../parts/trouble.tsx";
import { ask } from "../requests.ts";
import { askSignedIn } from "../staff/session.ts";
import type { PlanReport, PublishedFloorplan } from "../wire.gen.ts";

export const plan = signal<PublishedFloorplan | null>(null);
export const report = signal<PlanReport | null>(null);
export const planTrouble = signal<string | null>(null);

export async function fetchPlan(): Promise<void> {
  try {
    [plan.value, report.value] = await Promise.all([
      ask<PublishedFloorplan>("GET", "/api/plan"),
      askSignedIn<PlanReport>("GET", "/api/manager/plan-report"),
    ]);
    planTrouble.value = null;
  } catch (error) {
    planTrouble.value = troubleWords(error);
  }
}

export const nodeKeys = computed(() =>
  (plan.value?.document.features ?? []).flatMap((feature) =>
    feature.feature_type === "scanner_node" ? [feature.properties.node_key] : [],
  ),
);

export const kioskKeys = computed(() =>
  (plan.value?.document.features ?? []).flatMap((feature) => (feature.feature_type === "kiosk" ? [feature.properties.kiosk_key] : [])),
);
