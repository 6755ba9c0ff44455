/** Small drafts for the tests of the editor. */
import assert from "node:assert/strict";
import { drawn } from "../src/manager/editor/actions/drawing.ts";
import { type Outcome, drawnBy, isRefused } from "../src/manager/editor/actions/outcome.ts";
import { type Draft, type Feature, applied, draftOf } from "../src/manager/editor/draft.ts";
import { linesOf } from "../src/manager/editor/feature_shapes.ts";
import { boxOf } from "../src/manager/editor/shapes.ts";
import type { LocalFrame } from "../src/wire.gen.ts";

export function emptyDraft(): Draft {
  const crs_local: LocalFrame = { units: "m", axes: "x=east,y=north", origin: [0, 0], origin_lonlat: null, georeference: null };
  const header = { name: "Store", crs_local, accepted: [], synthetic: null, generator: null, attribution: null };
  return draftOf({ type: "FeatureCollection", format: "aisleway-floorplan-1", features: [], ...header });
}

export function doneAs(draft: Draft, act: (draft: Draft) => Outcome): { draft: Draft; added: string[] } {
  const outcome = act(draft);
  if (isRefused(outcome)) assert.fail(`refused: ${outcome.refused}`);
  return { draft: applied(draft, outcome), added: drawnBy(outcome) };
}

export const done = (draft: Draft, act: (draft: Draft) => Outcome): Draft => doneAs(draft, act).draft;

/** Three bays of two shelves on the north and the south side of an upright rectangle. */
export function withSlotsOn(draft: Draft, fixture_id: string): Draft {
  const fixture = draft.features.get(fixture_id) as Feature;
  const { west, east, south, north } = boxOf(linesOf(fixture)[0] ?? []);
  const features = new Map(draft.features);
  for (const side of ["N", "S"] as const) {
    for (const bay of [1, 2, 3]) {
      for (const shelf of [1, 2]) {
        const key = `${fixture.properties.key}-${side}-0${bay}-${shelf}`;
        const coordinates = [west + ((east - west) * (bay - 0.5)) / 3, side === "N" ? north : south].map((v) => Math.round(v * 1000) / 1000);
        const facing = [0, side === "N" ? 1 : -1];
        const own = { fixture_id, side, bay, shelf, facing, department: null, sku: `SKU${bay}${shelf}${side}` };
        const properties = { key, level_id: fixture.properties.level_id, ...own };
        features.set(key, { type: "Feature", id: key, feature_type: "shelf_slot", geometry: { type: "Point", coordinates }, properties });
      }
    }
  }
  return { ...draft, features };
}

export const onlyOf = (draft: Draft, feature_type: Feature["feature_type"]): Feature => {
  const found = [...draft.features.values()].filter((feature) => feature.feature_type === feature_type);
  assert.equal(found.length, 1, feature_type);
  return found[0] as Feature;
};

/** A hall of 30 m by 20 m with one gondola that carries slots. */
export function hall(): { draft: Draft; level_id: string; gondola: string } {
  let draft = done(emptyDraft(), (d) => drawn(d, null, "outline", [[0, 0], [30, 0], [30, 20], [0, 20]]));
  const level_id = onlyOf(draft, "level").id;
  draft = done(draft, (d) => drawn(d, level_id, "rectangle", [[4, 4], [12, 4], [12, 5], [4, 5]]));
  const gondola = onlyOf(draft, "fixture").id;
  return { draft: withSlotsOn(draft, gondola), level_id, gondola };
}
