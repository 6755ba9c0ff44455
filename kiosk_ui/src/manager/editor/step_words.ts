/** Steps and shapes in words. */
import type { EditKind } from "../../wire.gen.ts";
import { language, say } from "../../words.ts";
import type { Draft, Feature, FeatureOf, Step } from "./draft.ts";

/** A count stands as digits alone. */
const IS_COUNT = /^\d+$/;

/** What a step does, as the undo button goes on: "move G012". */
export function stepWords({ kind, what }: { kind: EditKind; what: string }): string {
  return say(`editor.kind_${kind}`, { what: IS_COUNT.test(what) ? say("editor.count", { count: Number(what) }) : what });
}

/** The name in the person's language, where the shape has one. */
export function nameOf(feature: Feature): string | null {
  const names = "name" in feature.properties ? feature.properties.name : null;
  if (!names) return null;
  return names[language.value] ?? names["en"] ?? Object.values(names)[0] ?? null;
}

/** A level by its name; by its place where it has none. */
export function levelNameOf(level: FeatureOf<"level">): string {
  const { ordinal } = level.properties;
  return nameOf(level) ?? (ordinal === 0 ? say("editor.ground_floor") : say("editor.level_name_new", { ordinal }));
}

/** "G012", or "Bakery (Z03)". */
export function titleOf(feature: Feature): string {
  if (feature.feature_type === "level") return levelNameOf(feature);
  const name = nameOf(feature);
  const { key } = feature.properties;
  return name === null || name === key ? key : `${name} (${key})`;
}

/** Shapes as people call them, the first few; the slots of a fixture go without saying. */
export function keysOf(draft: Draft, step: Step, ids: readonly string[]): string {
  const gone = new Map(step.changes.flatMap((change) => (change.before ? [[change.before.id, change.before] as const] : [])));
  const shapes = ids.map((id) => draft.features.get(id) ?? gone.get(id));
  const large = shapes.filter((shape) => shape?.feature_type !== "shelf_slot");
  const named = large.length > 0 ? large : shapes;
  const known = [...new Set(named.map((shape) => shape?.properties.key ?? say("editor.removed_shape")))];
  return known.length === 0 ? say("editor.header") : known.slice(0, 5).join(", ") + (known.length > 5 ? " …" : "");
}
