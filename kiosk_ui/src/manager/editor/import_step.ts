/** What an imported plan makes of the draft, as one step. Pure. */
import type { FeatureChange, HeaderChange, ImportedPlan } from "../../wire.gen.ts";
import { type Draft, type Feature, type Step, isSame } from "./draft.ts";

/** The contract's bound on one edit. */
export const MOST_CHANGES = 25_000;

export type ImportWay = "add" | "replace";

/** Whether an imported file is of shelf places alone: then it says nothing of the other shapes. */
export function isPlanogram(features: readonly Feature[]): boolean {
  return features.length > 0 && features.every(({ feature_type }) => feature_type === "shelf_slot");
}

/** Adds the shapes, those there already by the new ones; or takes their like away first. */
export function importStep(draft: Draft, imported: ImportedPlan, way: ImportWay): Step {
  const features = imported.features as readonly Feature[];
  const coming = new Set(features.map(({ id }) => id));
  const changes: FeatureChange[] = [];
  if (way === "replace") {
    const onlySlots = isPlanogram(features);
    for (const before of draft.features.values()) {
      if (!coming.has(before.id) && (!onlySlots || before.feature_type === "shelf_slot")) changes.push({ before, after: null });
    }
  }
  for (const after of features) {
    const before = draft.features.get(after.id) ?? null;
    if (!isSame(before, after)) changes.push({ before, after });
  }
  return { kind: "import", what: imported.name.slice(0, 100), changes, header: headerOf(draft, imported, way) };
}

function headerOf({ header }: Draft, imported: ImportedPlan, way: ImportWay): HeaderChange | null {
  const after = { ...header };
  if (imported.attribution) {
    const said = way === "add" && header.attribution && header.attribution !== imported.attribution ? [header.attribution] : [];
    after.attribution = [...said, imported.attribution].join("; ").slice(0, 200);
  }
  if (imported.origin_lonlat && (way === "replace" || header.crs_local.origin_lonlat === null)) {
    after.crs_local = { ...header.crs_local, origin_lonlat: imported.origin_lonlat };
  }
  return isSame(after, header) ? null : { before: header, after };
}
