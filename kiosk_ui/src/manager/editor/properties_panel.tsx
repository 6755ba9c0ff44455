import { selected } from "./editing.ts";
import { FirstSteps } from "./first_steps.tsx";
import { draft } from "./editing.ts";

export function PropertiesPanel({ onImport }: { isEditable: boolean; onImport: () => void }) {
  if (draft.value?.features.size === 0) return <FirstSteps onImport={onImport} />;
  return <p>{selected.value.map((f) => f.properties.key).join(", ")}</p>;
}
