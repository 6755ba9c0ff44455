/** What two people made of the same shapes, side by side in words. Pure. */
import { type MessageKey, language, say, sayInstant } from "../../words.ts";
import { categoryWords } from "./category_words.ts";
import { type Draft, type Feature, idOf, isSame } from "./draft.ts";
import { boxOfFeatures, linesOf } from "./feature_shapes.ts";
import { type Ring, centreOf, rectangleOf } from "./shapes.ts";
import { titleOf } from "./step_words.ts";
import type { Clash } from "./sync_view.ts";

/** One shape as it was when my step was made, as the others left it, and as I would have it; null: not there. */
export interface ClashedShape {
  readonly before: Feature | null;
  readonly theirs: Feature | null;
  readonly mine: Feature | null;
}

export interface Difference {
  /** The shape's name, where the step is about several. */
  readonly shape: string;
  readonly what: string;
  readonly theirs: string;
  readonly mine: string;
}

export function clashedShapes(draft: Draft, clash: Clash): ClashedShape[] {
  const about = new Set(clash.feature_ids);
  const changes = clash.waiting.step.changes.filter((change) => about.has(idOf(change)));
  return changes.map((change) => ({ before: change.before, theirs: draft.features.get(idOf(change)) ?? null, mine: change.after }));
}

const WORDS: Readonly<Record<string, MessageKey>> = {
  key: "editor.key",
  name: "editor.name",
  node_key: "editor.node_key",
  kiosk_key: "editor.kiosk_key",
  category: "editor.category",
  is_sensitive: "editor.is_sensitive",
  department: "editor.department",
  ordinal: "editor.level_ordinal",
  height_m: "editor.height_m",
  z_m: "editor.z_m",
  attenuation_db: "editor.attenuation_db",
  access: "editor.access",
  connects: "editor.connects",
  direction: "editor.direction",
  is_step_free: "editor.is_step_free",
  catchment_radius_m: "editor.catchment_radius_m",
  facing_deg: "editor.facing_deg",
  from_at: "editor.from_at",
  until_at: "editor.until_at",
  sku: "editor.clash_product",
  bay: "editor.clash_bay",
  shelf: "editor.clash_shelf",
};
const CHOICES: Readonly<Record<string, MessageKey>> = {
  ...{ access_both: "editor.access_both", access_in: "editor.access_in", access_out: "editor.access_out" },
  ...{ direction_both: "editor.direction_both", direction_up: "editor.direction_up", direction_down: "editor.direction_down" },
};

function valueWords(name: string, value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return say(value ? "editor.yes" : "editor.no");
  if (typeof value === "number") return new Intl.NumberFormat(language.value, { maximumFractionDigits: 3 }).format(value);
  if (typeof value === "object") return Object.values(value).join(" / ");
  if (name.endsWith("_at")) return sayInstant(String(value));
  if (name === "category") return categoryWords(String(value));
  const choice = CHOICES[`${name}_${String(value)}`];
  return choice ? say(choice) : String(value);
}

/** Place, size and direction of a rectangle; of anything else its place, its size over all and its corners. */
function figuresOf(feature: Feature): readonly (readonly [MessageKey, string])[] {
  const lines = linesOf(feature);
  const box = boxOfFeatures([feature]);
  const rectangle = feature.geometry.type === "Polygon" && lines.length === 1 ? rectangleOf(lines[0] as Ring) : null;
  const [x, y] = rectangle?.centre ?? (box ? centreOf(box) : [0, 0]);
  const place = ["editor.clash_place", say("canvas.place", { x, y })] as const;
  if (feature.geometry.type === "Point" || !box) return [place];
  const [width, depth] = rectangle ? [rectangle.width_m, rectangle.depth_m] : [box.east - box.west, box.north - box.south];
  const size = ["editor.clash_size", say("canvas.size", { width, depth })] as const;
  if (rectangle) return [place, size, ["editor.angle_deg", valueWords("angle", rectangle.angle_deg)]];
  return [place, size, ["editor.corners", valueWords("corners", lines.reduce((sum, line) => sum + line.length, 0))]];
}

function differencesOf({ theirs, mine, before }: ClashedShape): Difference[] {
  const named = theirs ?? mine ?? before;
  const shape = named ? titleOf(named) : say("editor.removed_shape");
  if (!theirs || !mine) {
    const isThere = (feature: Feature | null): string => say(feature ? "editor.clash_there" : "editor.clash_removed");
    return [{ shape, what: say("editor.clash_shape"), theirs: isThere(theirs), mine: isThere(mine) }];
  }
  const found: Difference[] = [];
  if (!isSame(theirs.geometry, mine.geometry)) {
    const [hers, own] = [new Map(figuresOf(theirs)), new Map(figuresOf(mine))];
    for (const what of new Set([...hers.keys(), ...own.keys()])) {
      const [one, other] = [hers.get(what) ?? "–", own.get(what) ?? "–"];
      if (one !== other) found.push({ shape, what: say(what), theirs: one, mine: other });
    }
    // Corners that differ while place, size and count do not.
    if (found.length === 0) found.push({ shape, what: say("editor.corners"), theirs: say("editor.clash_otherwise"), mine: say("editor.clash_otherwise") });
  }
  const [hers, own] = [theirs.properties, mine.properties] as unknown as [Record<string, unknown>, Record<string, unknown>];
  for (const [name, words] of Object.entries(WORDS)) {
    if (!isSame(hers[name], own[name])) found.push({ shape, what: say(words), theirs: valueWords(name, hers[name]), mine: valueWords(name, own[name]) });
  }
  return found;
}

/** All that differs between theirs and mine; of the plan's own settings, where the step is about those. */
export function differences(draft: Draft, clash: Clash): Difference[] {
  const found = clashedShapes(draft, clash).flatMap(differencesOf);
  const header = clash.waiting.step.header;
  if (!header || isSame(header.after.name, draft.header.name)) return found;
  const shape = say("editor.header");
  return [...found, { shape, what: say("editor.plan_name"), theirs: draft.header.name, mine: header.after.name }];
}
