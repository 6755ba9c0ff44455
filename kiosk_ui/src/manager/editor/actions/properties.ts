/** Taking shapes away, and setting what they are called and do. Pure. */
import type { EditKind } from "../../../wire.gen.ts";
import type { Draft, Feature } from "../draft.ts";
import { type Outcome, type Refusal, changesTo, refuse, stepOf, withSlots } from "./outcome.ts";

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

/** What nothing else of its type may be called: the key is for people, the device's for the program that runs there. */
const NAMES = ["key", "node_key", "kiosk_key"];

/** Why these may not be set so, by the rules of `domain/edit_faults.py`: told at the field, before the server has to refuse it. */
function faultOf(draft: Draft, feature: Feature, values: Readonly<Record<string, unknown>>): Refusal | null {
  const now = { ...(feature.properties as unknown as Record<string, unknown>), ...values };
  for (const name of NAMES.filter((each) => each in values && each in feature.properties)) {
    for (const other of draft.features.values()) {
      const isTaken = other.id !== feature.id && other.feature_type === feature.feature_type;
      if (isTaken && (other.properties as unknown as Record<string, unknown>)[name] === now[name]) {
        return refuse(name === "key" ? "editor.fault_taken" : "editor.fault_device_taken", { name: String(now[name]) });
      }
    }
  }
  if (feature.feature_type === "level" && "ordinal" in values) {
    const levels = [...draft.features.values()].filter((other) => other.feature_type === "level" && other.id !== feature.id);
    if (levels.some((level) => level.feature_type === "level" && level.properties.ordinal === now["ordinal"])) return refuse("editor.level_taken");
  }
  const [from, until] = [now["from_at"], now["until_at"]];
  const isOver = ("from_at" in values || "until_at" in values) && typeof from === "string" && typeof until === "string";
  return isOver && Date.parse(until) <= Date.parse(from) ? refuse("editor.fault_ends_before", { key: feature.properties.key }) : null;
}

/** Properties of a shape set to new values; the slots of a renamed fixture are renamed with it. */
export function withProperties(draft: Draft, ids: Iterable<string>, values: Readonly<Record<string, unknown>>, kind: EditKind = "set"): Outcome {
  const after: Feature[] = [];
  for (const feature of withSlots(draft, ids)) {
    if (feature.feature_type !== "shelf_slot") {
      const fault = faultOf(draft, feature, values);
      if (fault) return fault;
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
  return stepOf(kind, changesTo(draft, after));
}
