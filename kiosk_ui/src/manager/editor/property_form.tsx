import { LANGUAGES, language, say } from "../../words.ts";
import { withProperties } from "./actions/properties.ts";
import { CatchmentFields } from "./catchment_fields.tsx";
import type { Draft, Feature, FeatureOf } from "./draft.ts";
import { faultOf } from "./doing.ts";
import { categoryWords } from "./category_words.ts";
import { CheckField, type Choice, ChoiceField, InstantField, NumberField, TextField } from "./fields.tsx";

type Properties = Record<string, unknown>;

const CATEGORIES: Partial<Record<Feature["feature_type"], readonly string[]>> = {
  fixture: ["gondola", "endcap", "wall_shelf", "promo_island", "cooler", "table", "checkout_desk", "other"],
  opening: ["pedestrian.principal", "pedestrian", "emergencyexit", "service"],
  unit: ["stairs", "elevator", "escalator", "ramp", "room"],
  amenity: ["checkout", "information", "restroom", "atm", "seating"],
};
function categoryChoices(feature_type: Feature["feature_type"]): Choice[] {
  return (CATEGORIES[feature_type] ?? []).map((value) => ({ value, words: categoryWords(value) }));
}

/** What all the shapes have alike; `undefined` where they differ. */
function common(features: readonly Feature[], name: string): unknown {
  const values = features.map((feature) => (feature.properties as unknown as Properties)[name]);
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}

function Names({ feature, isEditable, onSet }: { feature: Feature; isEditable: boolean; onSet: (values: Properties) => string | null }) {
  const names = ("name" in feature.properties ? feature.properties.name : null) ?? {};
  const tags = [...new Set([...Object.keys(LANGUAGES), ...Object.keys(names)])];
  const languages = new Intl.DisplayNames([language.value], { type: "language" });
  return (
    <>
      {tags.map((tag) => (
        <TextField
          key={tag}
          words={say("editor.name_in", { language: languages.of(tag) ?? tag })}
          name={`name-${tag}`}
          value={names[tag] ?? null}
          isOptional={true}
          isEditable={isEditable}
          onSet={(text) => {
            const { [tag]: _, ...others } = names;
            const next = text === null ? others : { ...others, [tag]: text };
            return onSet({ name: Object.keys(next).length === 0 ? null : next });
          }}
        />
      ))}
    </>
  );
}

interface StandingPlaceProps {
  kiosk: FeatureOf<"kiosk">;
  isEditable: boolean;
  onSet: (values: Properties) => string | null;
}

/** Where a person stands to use it. */
function StandingPlace({ kiosk, isEditable, onSet }: StandingPlaceProps) {
  const { display_point } = kiosk.properties;
  const [x, y] = display_point.coordinates as [number, number];
  const to = (coordinates: number[]): string | null => onSet({ display_point: { ...display_point, coordinates } });
  return (
    <div class="pair">
      <NumberField words={say("editor.standing_x")} name="standing-x" value={x} isEditable={isEditable} onSet={(value) => (value === null ? null : to([value, y]))} />
      <NumberField words={say("editor.standing_y")} name="standing-y" value={y} isEditable={isEditable} onSet={(value) => (value === null ? null : to([x, value]))} />
    </div>
  );
}

interface PropertyFormProps {
  plan: Draft;
  /** One or more shapes of one type. */
  features: readonly Feature[];
  isEditable: boolean;
}

/** The properties the type of shape has; of several, those that make sense for all at once. */
export function PropertyForm({ plan, features, isEditable }: PropertyFormProps) {
  const first = features[0];
  if (!first) return null;
  const isOne = features.length === 1;
  const own = new Set(Object.keys(first.properties));
  const ids = features.map(({ id }) => id);
  const set = (values: Properties): string | null => faultOf(withProperties(plan, ids, values));
  const move = (values: Properties): string | null => faultOf(withProperties(plan, ids, values, "move"));
  const shown = <Value,>(name: string) => ({
    name,
    isEditable,
    value: common(features, name) as Value | undefined,
    onSet: (value: Value) => set({ [name]: value }),
  });
  const choices = (name: string, values: Record<string, string>) => (
    <ChoiceField words={say(name === "access" ? "editor.access" : "editor.direction")} {...shown<string>(name)} choices={Object.entries(values).map(([value, words]) => ({ value, words }))} />
  );
  const categories = categoryChoices(first.feature_type);
  return (
    <div class="stack tight property-form">
      {isOne && <TextField words={say("editor.key")} {...shown<string | null>("key")} />}
      {isOne && own.has("node_key") && <TextField words={say("editor.node_key")} isIdentifier={true} {...shown<string | null>("node_key")} />}
      {isOne && own.has("kiosk_key") && <TextField words={say("editor.kiosk_key")} isIdentifier={true} {...shown<string | null>("kiosk_key")} />}
      {isOne && own.has("name") && <Names feature={first} isEditable={isEditable} onSet={set} />}
      {own.has("category") && categories.length > 0 && <ChoiceField words={say("editor.category")} {...shown<string>("category")} choices={categories} />}
      {own.has("category") && categories.length === 0 && <TextField words={say("editor.category")} {...shown<string | null>("category")} />}
      {own.has("is_sensitive") && (
        <>
          <CheckField words={say("editor.is_sensitive")} {...shown<boolean>("is_sensitive")} />
          <p class="quiet small">{say("editor.is_sensitive_detail")}</p>
        </>
      )}
      {own.has("department") && <TextField words={say("editor.department")} isOptional={true} {...shown<string | null>("department")} />}
      {own.has("ordinal") && isOne && <NumberField words={say("editor.level_ordinal")} step={1} least={-50} most={200} {...shown<number | null>("ordinal")} />}
      {own.has("height_m") && <NumberField words={say("editor.height_m")} isOptional={true} least={0.01} most={100} {...shown<number | null>("height_m")} />}
      {own.has("z_m") && <NumberField words={say("editor.z_m")} isOptional={true} least={-10} most={100} {...shown<number | null>("z_m")} />}
      {own.has("attenuation_db") && <NumberField words={say("editor.attenuation_db")} isOptional={true} least={0} most={60} step={0.1} {...shown<number | null>("attenuation_db")} />}
      {own.has("access") && choices("access", { both: say("editor.access_both"), in: say("editor.access_in"), out: say("editor.access_out") })}
      {own.has("connects") && <TextField words={say("editor.connects")} isOptional={true} isIdentifier={true} {...shown<string | null>("connects")} />}
      {own.has("direction") && choices("direction", { both: say("editor.direction_both"), up: say("editor.direction_up"), down: say("editor.direction_down") })}
      {first.feature_type === "opening" && <CheckField words={say("editor.is_step_free")} {...shown<boolean>("is_step_free")} />}
      {first.feature_type === "unit" && (
        <ChoiceField
          words={say("editor.is_step_free")}
          name="is_step_free"
          isEditable={isEditable}
          value={common(features, "is_step_free") === undefined ? undefined : String(common(features, "is_step_free"))}
          onSet={(value) => set({ is_step_free: value === "null" ? null : value === "true" })}
          choices={[
            { value: "null", words: say("editor.step_free_usual") },
            { value: "true", words: say("editor.yes") },
            { value: "false", words: say("editor.no") },
          ]}
        />
      )}
      {own.has("catchment_radius_m") && common(features, "catchment") === null && (
        <NumberField words={say("editor.catchment_radius_m")} least={0.1} most={50} step={0.1} {...shown<number | null>("catchment_radius_m")} />
      )}
      {isOne && isEditable && first.feature_type === "kiosk" && <CatchmentFields plan={plan} kiosk={first} />}
      {isOne && first.feature_type === "kiosk" && <StandingPlace kiosk={first} isEditable={isEditable} onSet={move} />}
      {own.has("facing_deg") && <NumberField words={say("editor.facing_deg")} least={0} most={359.999} step={0.1} {...shown<number | null>("facing_deg")} />}
      {own.has("from_at") && <InstantField words={say("editor.from_at")} {...shown<string | null>("from_at")} />}
      {own.has("until_at") && <InstantField words={say("editor.until_at")} {...shown<string | null>("until_at")} />}
    </div>
  );
}
