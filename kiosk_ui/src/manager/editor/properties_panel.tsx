import { useState } from "preact/hooks";
import { say } from "../../words.ts";
import { ArrayDialog } from "./array_dialog.tsx";
import type { Draft, Feature } from "./draft.ts";
import { draft, levelId, levels, perform, select, selected, selection } from "./editing.ts";
import { TextField } from "./fields.tsx";
import { FirstSteps } from "./first_steps.tsx";
import { Measures } from "./measures.tsx";
import { PropertyForm } from "./property_form.tsx";
import { canDraw } from "./room.ts";
import { ShapeActions } from "./shape_actions.tsx";
import { ShelvesButton } from "./shelves_dialog.tsx";
import { titleOf } from "./step_words.ts";

/** Nothing selected: the plan itself. */
function PlanProperties({ plan, isEditable }: { plan: Draft; isEditable: boolean }) {
  const counts = new Map<Feature["feature_type"], number>();
  for (const feature of plan.features.values()) {
    if (feature.properties.level_id === levelId.value) counts.set(feature.feature_type, (counts.get(feature.feature_type) ?? 0) + 1);
  }
  const level = levels.value.find(({ id }) => id === levelId.value);
  return (
    <div class="stack">
      <h2>{say("editor.plan")}</h2>
      <TextField
        words={say("editor.plan_name")}
        name="plan-name"
        value={plan.header.name}
        isEditable={isEditable}
        onSet={(name) => {
          if (name !== null) perform({ kind: "set", what: name, changes: [], header: { before: plan.header, after: { ...plan.header, name } } });
        }}
      />
      <ul class="counts figures">
        {[...counts].map(([feature_type, count]) => (
          <li>
            {say(`editor.type_${feature_type}`)}: {count}
          </li>
        ))}
      </ul>
      {level && (
        <button type="button" data-testid="select-level" onClick={() => select([level.id])}>
          {say("editor.level_properties")}
        </button>
      )}
      <p class="quiet small">{say(canDraw.value ? "editor.select_detail" : "editor.needs_room")}</p>
      {plan.header.attribution && <p class="quiet small">{plan.header.attribution}</p>}
    </div>
  );
}

function typesOf(features: readonly Feature[]): Map<Feature["feature_type"], number> {
  const types = new Map<Feature["feature_type"], number>();
  for (const { feature_type } of features) types.set(feature_type, (types.get(feature_type) ?? 0) + 1);
  return types;
}

/** What is selected, and all that can be said of it. */
export function PropertiesPanel({ isEditable, onImport }: { isEditable: boolean; onImport: () => void }) {
  const [isArraying, setIsArraying] = useState(false);
  const plan = draft.value;
  const chosen = selected.value;
  const only = chosen.length === 1 ? chosen[0] : undefined;
  if (!plan) return null;
  if (plan.features.size === 0) return <FirstSteps onImport={onImport} />;
  if (chosen.length === 0) return <PlanProperties plan={plan} isEditable={isEditable} />;
  const types = typesOf(chosen);
  return (
    <div class="stack" data-testid="properties">
      <div>
        <h2>{only ? titleOf(only) : say("editor.count", { count: chosen.length })}</h2>
        <p class="quiet small figures">
          {only
            ? say(`editor.type_${only.feature_type}`)
            : [...types].map(([feature_type, count]) => `${say(`editor.type_${feature_type}`)}: ${count}`).join(", ")}
        </p>
      </div>
      {isEditable && <ShapeActions plan={plan} ids={selection.value} onArray={() => setIsArraying(true)} />}
      {only && <Measures key={only.id} plan={plan} feature={only} isEditable={isEditable} />}
      {only?.feature_type === "fixture" && <ShelvesButton key={`shelves ${only.id}`} plan={plan} fixture={only} isEditable={isEditable} />}
      {types.size === 1 && <PropertyForm key={[...selection.value].join()} plan={plan} features={chosen} isEditable={isEditable} />}
      {isArraying && <ArrayDialog onClose={() => setIsArraying(false)} />}
    </div>
  );
}
