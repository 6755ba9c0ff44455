/** Taking shapes away, and setting what they are called and do. Pure. */
import type { Draft, Feature } from "../draft.ts";
import { type Outcome, changesTo, refuse, stepOf, withSlots } from "./outcome.ts";

/** Away with the shapes; with a fixture its slots, with a level all that stands on it. */
export function removed(draft: Draft, ids: Iterable<string>): Outcome {
  const gone = new Map(withSlots(draft, ids).map((feature) => [feature.id, feature]));
  const levels = new Set([...gone.values()].flatMap(({ id, feature_type }) => (feature_type === "level" ? [id] : [])));
  if (levels.size > 0) {
    for (const feature of draft.features.values()) if (levels.has(feature.properties.level_id)) gone.set(feature.id, feature);
  }
  if (gone.size === 0) return refuse("canvas.nothing_chosen");
  return stepOf("remove", [...gone.values()].map((before) => ({ before, after: null })));
}

/** Properties of a shape set to new values; the slots of a renamed fixture are renamed with it. */
export function withProperties(draft: Draft, ids: Iterable<string>, values: Readonly<Record<string, unknown>>): Outcome {
  const after: Feature[] = [];
  for (const feature of withSlots(draft, ids)) {
    if (feature.feature_type !== "shelf_slot") {
      const known = Object.fromEntries(Object.entries(values).filter(([name]) => name in feature.properties));
      after.push({ ...feature, properties: { ...feature.properties, ...known } } as Feature);
      continue;
    }
    const owner = draft.features.get(feature.properties.fixture_id);
    const [was, now] = [`${owner?.properties.key}-`, values["key"]];
    if (typeof now !== "string" || !feature.properties.key.startsWith(was)) continue;
    const key = `${now}-${feature.properties.key.slice(was.length)}`.slice(0, 64);
    after.push({ ...feature, properties: { ...feature.properties, key } });
  }
  return stepOf("set", changesTo(draft, after));
}
