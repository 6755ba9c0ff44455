import type { DxfLayers, DxfMapping, LengthUnit } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { levelId } from "./editing.ts";

const USES = ["outline", "wall", "fixture", "zone", "aisle", "opening", "unit", "kiosk", "node", "till", "blocked", "skip"] as const;
const UNITS = ["mm", "cm", "dm", "m", "in", "ft"] as const;

/** As the drawing's layers seem to be meant. */
export function guessedMapping({ unit, layers }: DxfLayers): DxfMapping {
  return { unit, level_id: levelId.value, layers: layers.map(({ name, guess, ordinal }) => ({ name, use: guess, ordinal })) };
}

interface UnitChoiceProps {
  unit: LengthUnit | null;
  isDisabled?: boolean;
  onChange: (unit: LengthUnit) => void;
}

/** What one unit of a file's coordinates is. */
export function UnitChoice({ unit, isDisabled = false, onChange }: UnitChoiceProps) {
  return (
    <label>
      {say("editor.dxf_unit")}
      <select
        data-testid="file-unit"
        value={unit ?? ""}
        disabled={isDisabled}
        onChange={(event) => {
          const told = UNITS.find((known) => known === event.currentTarget.value);
          if (told) onChange(told);
        }}
      >
        {unit === null && <option value="">{say("editor.dxf_unit_choose")}</option>}
        {UNITS.map((known) => (
          <option value={known}>{say(`editor.unit_${known}`)}</option>
        ))}
      </select>
    </label>
  );
}

interface DxfMappingFormProps {
  drawing: DxfLayers;
  mapping: DxfMapping;
  onChange: (mapping: DxfMapping) => void;
}

/** What each layer of a drawing is in the plan, with what it holds. */
export function DxfMappingForm({ drawing, mapping, onChange }: DxfMappingFormProps) {
  const use = (name: string, chosen: (typeof USES)[number]): void =>
    onChange({ ...mapping, layers: mapping.layers.map((layer) => (layer.name === name ? { ...layer, use: chosen } : layer)) });
  return (
    <div class="stack">
      <UnitChoice unit={mapping.unit} onChange={(unit) => onChange({ ...mapping, unit })} />
      <div class="scrolling tall">
        <table class="drawing-layers" data-testid="dxf-layers">
          <thead>
            <tr>
              <th scope="col">{say("editor.dxf_layer")}</th>
              <th scope="col">{say("editor.dxf_holds")}</th>
              <th scope="col">{say("editor.dxf_use")}</th>
            </tr>
          </thead>
          <tbody>
            {drawing.layers.map((layer) => (
              <tr key={layer.name}>
                <th scope="row">{layer.name}</th>
                <td class="quiet small">{layer.entities.map(({ name, count }) => `${count} ${name}`).join(", ")}</td>
                <td>
                  <select
                    aria-label={say("editor.dxf_use_of", { layer: layer.name })}
                    value={mapping.layers.find(({ name }) => name === layer.name)?.use ?? "skip"}
                    onChange={(event) => use(layer.name, USES.find((known) => known === event.currentTarget.value) ?? "skip")}
                  >
                    {USES.map((known) => (
                      <option value={known}>{say(known === "unit" ? "editor.dxf_unit_use" : `editor.dxf_${known}`)}</option>
                    ))}
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
