import { Rows3, Undo2 } from "lucide";
import { useState } from "preact/hooks";
import { Dialog } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../words.ts";
import { slotsOf } from "./actions/shelving.ts";
import type { Draft, FeatureOf } from "./draft.ts";
import { perform } from "./editing.ts";
import { Shelves } from "./shelving.tsx";
import { stepWords } from "./step_words.ts";
import { undo, undoable } from "./undoing.ts";

interface ShelvesButtonProps {
  readonly plan: Draft;
  readonly fixture: FeatureOf<"fixture">;
  readonly isEditable: boolean;
}

function isUndo(event: KeyboardEvent): boolean {
  const isTyping = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
  return (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z" && !isTyping;
}

/** How the fixture is shelved, in a line; its shelves large in front when asked for. */
export function ShelvesButton({ plan, fixture, isEditable }: ShelvesButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const slots = slotsOf(plan, fixture.id);
  const empty = slots.filter(({ properties }) => !properties.sku).length;
  const last = undoable.value;
  return (
    <div class="stack tight">
      <p class="quiet small figures">{slots.length === 0 ? say("products.no_shelves") : say("products.shelf_summary", { places: slots.length, empty })}</p>
      {(isEditable || slots.length > 0) && (
        <button type="button" data-testid="open-shelves" onClick={() => setOpen(true)}>
          <Icon of={Rows3} />
          {say("products.open_shelves")}
        </button>
      )}
      {isOpen && (
        <Dialog title={say("products.shelves_of", { key: fixture.properties.key })} isWide={true} onClose={() => setOpen(false)}>
          <div
            class="stack"
            onKeyDown={(event) => {
              if (!isEditable || !isUndo(event)) return;
              event.preventDefault();
              undo();
            }}
          >
            <Shelves draft={plan} fixture_id={fixture.id} isEditable={isEditable} onStep={perform} />
            <div class="row foot">
              <button type="button" class="primary" data-testid="close-shelves" onClick={() => setOpen(false)}>
                {say("products.close_shelves")}
              </button>
              {isEditable && (
                <button type="button" disabled={!last} data-testid="undo-shelves" aria-keyshortcuts="Control+Z" onClick={undo}>
                  <Icon of={Undo2} />
                  {last ? say("editor.undo_step", { step: stepWords(last.edit) }) : say("editor.undo")}
                </button>
              )}
            </div>
          </div>
        </Dialog>
      )}
    </div>
  );
}
