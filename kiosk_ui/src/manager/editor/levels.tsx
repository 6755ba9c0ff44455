import { Plus } from "lucide";
import { useState } from "preact/hooks";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { language, say } from "../../words.ts";
import type { FeatureOf } from "./draft.ts";
import { chooseLevel, isNewLevel, levelId, levels, perform, tool } from "./editing.ts";
import { levelNameOf } from "./step_words.ts";

export function LevelSwitch({ isEditable, onAdd }: { isEditable: boolean; onAdd: () => void }) {
  const known = levels.value;
  if (known.length === 0) return null;
  return (
    <span class="joined">
      <select
        aria-label={say("editor.level")}
        data-testid="level"
        value={levelId.value ?? ""}
        onChange={(event) => event.currentTarget.value !== "" && chooseLevel(event.currentTarget.value)}
      >
        {isNewLevel.value && <option value="">{say("editor.new_level")}</option>}
        {known.map((level) => (
          <option value={level.id}>{levelNameOf(level)}</option>
        ))}
      </select>
      {isEditable && (
        <button type="button" aria-label={say("editor.add_level")} title={say("editor.add_level")} data-testid="add-level" onClick={onAdd}>
          <Icon of={Plus} />
        </button>
      )}
    </span>
  );
}

function freeOrdinal(): number {
  const taken = new Set(levels.value.map((level) => level.properties.ordinal));
  let ordinal = 0;
  while (taken.has(ordinal)) ordinal++;
  return ordinal;
}

/** A level above or below, with the outline there is; or one whose outline is drawn next. */
export function AddLevel({ onClose }: { onClose: () => void }) {
  const [ordinal, setOrdinal] = useState(freeOrdinal);
  const [name, setName] = useState<string | null>(null);
  const like = levels.value.find((level) => level.id === levelId.value);
  const isTaken = levels.value.some((level) => level.properties.ordinal === ordinal);
  const shownName = name ?? say("editor.level_name_new", { ordinal });
  const copy = (): void => {
    if (!like || isTaken) return;
    const id = crypto.randomUUID();
    const key = `level/${ordinal}`;
    const properties = { ...like.properties, key, level_id: id, ordinal, name: { [language.value]: shownName } };
    const after: FeatureOf<"level"> = { ...like, id, properties };
    if (perform({ kind: "draw", what: key, changes: [{ before: null, after }] })) chooseLevel(id);
    onClose();
  };
  return (
    <Dialog title={say("editor.add_level")} onClose={onClose}>
      <label>
        {say("editor.level_ordinal")}
        <input type="number" min={-50} max={200} value={ordinal} onInput={(event) => setOrdinal(Math.trunc(event.currentTarget.valueAsNumber || 0))} />
      </label>
      <label>
        {say("editor.level_name")}
        <input value={shownName} maxLength={200} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <p role="status">{isTaken && say("editor.level_taken")}</p>
      <DialogButtons onClose={onClose}>
        <button type="button" data-testid="level-same" disabled={!like || isTaken || shownName === ""} onClick={copy}>
          {say("editor.level_same")}
        </button>
        <button
          type="button"
          data-testid="level-draw"
          onClick={() => {
            isNewLevel.value = true;
            tool.value = "outline";
            onClose();
          }}
        >
          {say("editor.level_draw")}
        </button>
      </DialogButtons>
    </Dialog>
  );
}
