import { Eraser, Move } from "lucide";
import { useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { Trouble } from "../../parts/trouble.tsx";
import type { Product } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { type Outcome, isRefused } from "./actions/outcome.ts";
import { emptied, placed, slotsBySku, swapped } from "./actions/placing.ts";
import { type Slot, slotsOf } from "./actions/shelving.ts";
import type { Draft, Step } from "./draft.ts";
import { elevationsOf, slotAfter } from "./elevation.ts";
import { DragGhost, useShelfDrag } from "./shelf_drag.tsx";
import { ShelfGrid, slotWords } from "./shelf_grid.tsx";
import { names, namesTrouble, noteName, useNames } from "./shelf_names.ts";
import { ShelfSearch } from "./shelf_search.tsx";
import { ShelvingForm } from "./shelving_form.tsx";
import "./shelving.css";

export interface ShelvesProps {
  readonly draft: Draft;
  readonly fixture_id: string;
  readonly isEditable?: boolean;
  onStep(step: Step): unknown;
}

/** What is amiss on these slots, in words; nothing where all is well. */
function Summary({ slots, places }: { slots: readonly Slot[]; places: ReadonlyMap<string, readonly Slot[]> }) {
  const skus = slots.flatMap(({ properties }) => properties.sku ?? []);
  const unknown = skus.filter((sku) => names.value.get(sku) === null).length;
  const twice = new Set(skus.filter((sku) => (places.get(sku)?.length ?? 0) > 1)).size;
  return (
    <p class="quiet figures" data-testid="shelf-summary">
      {say("products.shelf_summary", { places: slots.length, empty: slots.length - skus.length })}
      {unknown > 0 && ` ${say("products.unknown_here", { count: unknown })}`}
      {twice > 0 && ` ${say("products.twice_here", { count: twice })}`}
    </p>
  );
}

interface ChosenProps {
  readonly slot: Slot;
  readonly places: ReadonlyMap<string, readonly Slot[]>;
  readonly isMoving: boolean;
  readonly isEditable: boolean;
  onEmpty(): void;
  onMove(): void;
}

function Chosen({ slot, places, isMoving, isEditable, onEmpty, onMove }: ChosenProps) {
  const { sku, key } = slot.properties;
  const elsewhere = (sku ? (places.get(sku) ?? []) : []).filter(({ id }) => id !== slot.id).map(({ properties }) => properties.key);
  return (
    <div class="stack tight shelf-chosen" data-testid="chosen-slot">
      <p>
        <span class="code">{key}</span>: {slotWords(slot)}
        {elsewhere.length > 0 && <span class="quiet"> · {say("products.also_at", { keys: elsewhere.slice(0, 3).join(", "), more: Math.max(0, elsewhere.length - 3) })}</span>}
      </p>
      {isEditable && sku && (
        <div class="row tight">
          <button type="button" data-testid="move-product" aria-pressed={isMoving} aria-keyshortcuts="M" onClick={onMove}>
            <Icon of={Move} />
            {say("products.move")}
          </button>
          <button type="button" data-testid="empty-slot" aria-keyshortcuts="Delete" onClick={onEmpty}>
            <Icon of={Eraser} />
            {say("products.take_off")}
          </button>
        </div>
      )}
    </div>
  );
}

/** The shelves of one fixture, side by side, and what stands on them. */
export function Shelves({ draft, fixture_id, isEditable = true, onStep }: ShelvesProps) {
  const fixture = draft.features.get(fixture_id);
  const slots = useMemo(() => slotsOf(draft, fixture_id), [draft, fixture_id]);
  const places = useMemo(() => slotsBySku(draft), [draft]);
  const elevations = useMemo(() => elevationsOf(slots), [slots]);
  const [side, setSide] = useState<string | null>(null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [movingId, setMovingId] = useState<string | null>(null);
  const [query, setQuery] = useState("");
  const [said, setSaid] = useState("");
  const search = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  useNames(slots.flatMap(({ properties }) => properties.sku ?? []));

  const elevation = elevations.find((each) => each.side === side) ?? elevations[0] ?? null;
  const onSide = elevation ? elevation.cells.flat().filter((slot) => slot !== null) : [];
  const chosen = onSide.find(({ id }) => id === chosenId) ?? onSide[0] ?? null;

  function take(outcome: Outcome): boolean {
    setMovingId(null);
    setSaid(isRefused(outcome) ? say(outcome.refused, outcome.values ?? {}) : "");
    if (isRefused(outcome)) return false;
    onStep(outcome);
    return true;
  }
  /** The focus goes to the chosen slot once it is drawn. */
  function backToShelf(): void {
    setTimeout(() => grid.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus());
  }
  function pick({ sku, name }: Product): void {
    if (!chosen || !elevation) return;
    noteName(sku, name);
    if (!take(placed(draft, chosen.id, sku))) return;
    setSaid(say("products.was_placed", { name, key: chosen.properties.key }));
    setChosenId((slotAfter(elevation, chosen.id) ?? chosen).id);
    setQuery("");
    backToShelf();
  }
  function open(slot: Slot): void {
    setChosenId(slot.id);
    if (movingId !== null) {
      const was = movingId;
      if (was === slot.id) setMovingId(null);
      else take(swapped(draft, was, slot.id));
    } else if (isEditable) search.current?.focus();
  }
  const drag = useShelfDrag((what, slot_id) => {
    if (take(what.from_id === null ? placed(draft, slot_id, what.sku) : swapped(draft, what.from_id, slot_id))) {
      setChosenId(slot_id);
      noteName(what.sku, names.value.get(what.sku) ?? what.words);
    }
  });

  if (fixture?.feature_type !== "fixture") return null;
  const form = isEditable && <ShelvingForm key={`${fixture_id} ${slots.length}`} draft={draft} fixture={fixture} onStep={onStep} />;
  return (
    <section class="shelves stack tight" aria-label={say("products.shelves_of", { key: fixture.properties.key })} data-testid="shelves">
      {!elevation || !chosen ? (
        <>
          <p class="quiet">{say("products.no_shelves")}</p>
          {form}
        </>
      ) : (
        <>
          {elevations.length > 1 && (
            <div class="row tight" role="group" aria-label={say("products.sides")}>
              {elevations.map((each) => (
                <button key={each.side} type="button" aria-pressed={each.side === elevation.side} data-testid={`show-side-${each.side}`} onClick={() => setSide(each.side)}>
                  {say("products.side", { side: each.side })}
                </button>
              ))}
            </div>
          )}
          <Summary slots={onSide} places={places} />
          <Trouble words={namesTrouble.value} />
          <div class="shelves-halves">
            <div ref={grid} class="stack tight">
              <ShelfGrid
                elevation={elevation}
                fixture_key={fixture.properties.key}
                places={places}
                chosen_id={chosen.id}
                moving_id={movingId}
                isEditable={isEditable}
                drag={drag}
                onChoose={(slot) => setChosenId(slot.id)}
                onOpen={open}
                onEmpty={(slot) => take(emptied(draft, [slot.id]))}
                onMove={(slot) => setMovingId(movingId === null && slot.properties.sku ? slot.id : null)}
              />
              <Chosen
                slot={chosen}
                places={places}
                isMoving={movingId !== null}
                isEditable={isEditable}
                onEmpty={() => take(emptied(draft, [chosen.id]))}
                onMove={() => setMovingId(movingId === null ? chosen.id : null)}
              />
              <p role="status" class="quiet small">
                {movingId === null ? said : say("products.choose_where")}
              </p>
            </div>
            {isEditable && (
              <ShelfSearch input={search} query={query} places={places} drag={drag} onQuery={setQuery} onPick={pick} onLeave={backToShelf} />
            )}
          </div>
          {form && (
            <details>
              <summary class="button plain" data-testid="change-shelving">
                {say("products.change_shelving")}
              </summary>
              {form}
            </details>
          )}
        </>
      )}
      <DragGhost drag={drag} />
    </section>
  );
}
