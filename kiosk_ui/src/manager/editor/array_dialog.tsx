import { useState } from "preact/hooks";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { say } from "../../words.ts";
import { type Row, arrayed } from "./actions/copies.ts";
import { isRefused } from "./actions/outcome.ts";
import { act } from "./doing.ts";
import { draft, selection } from "./editing.ts";

const FIRST: Row = { columns: 6, rows: 1, gap_x_m: 1.5, gap_y_m: 2.5, isAlongShape: false };

/** Rows and columns of what is selected, said in how many and how far apart. */
export function ArrayDialog({ onClose }: { onClose: () => void }) {
  const [row, setRow] = useState(FIRST);
  const plan = draft.value;
  if (!plan) return null;
  const outcome = arrayed(plan, selection.value, row);
  const field = (name: Exclude<keyof Row, "isAlongShape">, words: string, isCount: boolean) => (
    <label>
      {words}
      <input
        type="number"
        data-testid={`array-${name}`}
        required
        {...(isCount ? { min: 1, max: 500, step: 1 } : { step: 0.01 })}
        value={row[name]}
        onInput={(event) => Number.isFinite(event.currentTarget.valueAsNumber) && setRow({ ...row, [name]: event.currentTarget.valueAsNumber })}
      />
    </label>
  );
  return (
    <Dialog title={say("editor.array_title")} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (act(outcome)) onClose();
        }}
      >
        <div class="pair">
          {field("columns", say("editor.columns"), true)}
          {field("gap_x_m", say("editor.gap_x_m"), false)}
          {field("rows", say("editor.rows"), true)}
          {field("gap_y_m", say("editor.gap_y_m"), false)}
        </div>
        <label class="inline">
          <input type="checkbox" checked={row.isAlongShape} onChange={(event) => setRow({ ...row, isAlongShape: event.currentTarget.checked })} />
          {say("editor.along_shape")}
        </label>
        <p class="quiet small">{say("editor.array_detail")}</p>
        <p role="status">{isRefused(outcome) && say(outcome.refused, outcome.values ?? {})}</p>
        <DialogButtons onClose={onClose}>
          <button type="submit" class="primary" data-testid="make-array" disabled={isRefused(outcome)}>
            {say("editor.array_make")}
          </button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
