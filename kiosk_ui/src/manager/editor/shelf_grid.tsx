import { Copy, TriangleAlert } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../words.ts";
import type { Slot } from "./actions/shelving.ts";
import { type Elevation, slotTowards } from "./elevation.ts";
import type { ShelfDrag } from "./shelf_drag.tsx";
import { names } from "./shelf_names.ts";

interface ShelfGridProps {
  readonly elevation: Elevation;
  readonly fixture_key: string;
  /** How many slots of the draft hold a product. */
  readonly places: ReadonlyMap<string, readonly Slot[]>;
  readonly chosen_id: string | null;
  /** The slot whose product is being moved by keys or taps. */
  readonly moving_id: string | null;
  readonly isEditable: boolean;
  readonly drag: ShelfDrag;
  onChoose(slot: Slot): void;
  /** Enter, or a tap on the slot that is chosen already. */
  onOpen(slot: Slot): void;
  onEmpty(slot: Slot): void;
  /** Begins to move what stands there; ends it where it has begun. */
  onMove(slot: Slot): void;
}

export function slotWords(slot: Slot): string {
  const { sku } = slot.properties;
  if (!sku) return say("products.empty_place");
  return names.value.get(sku) ?? (names.value.has(sku) ? say("products.unknown_product") : sku);
}

function Cell({ slot, props }: { slot: Slot; props: ShelfGridProps }) {
  const { chosen_id, moving_id, places, drag, isEditable } = props;
  const cell = useRef<HTMLTableCellElement>(null);
  const { sku, key } = slot.properties;
  const isChosen = slot.id === chosen_id;
  const isUnknown = Boolean(sku) && names.value.get(sku as string) === null;
  const isTwice = Boolean(sku) && (places.get(sku as string)?.length ?? 0) > 1;
  const words = slotWords(slot);
  const state = `${sku ? "" : "is-empty"} ${isUnknown ? "is-unknown" : ""} ${drag.over_id === slot.id ? "is-over" : ""} ${moving_id === slot.id ? "is-moving" : ""}`;
  useEffect(() => {
    // Only while the keys are here: choosing elsewhere must not steal the focus.
    if (isChosen && cell.current?.closest("table")?.contains(document.activeElement)) cell.current.focus();
  }, [isChosen]);
  return (
    <td
      ref={cell}
      role="gridcell"
      class={`shelf-cell ${state}`}
      data-slot={slot.id}
      data-testid={`slot-${key}`}
      tabIndex={isChosen ? 0 : -1}
      aria-selected={isChosen}
      onClick={() => {
        if (drag.hasJustDropped()) return;
        if (moving_id !== null) props.onOpen(slot);
        else props.onChoose(slot);
      }}
      onDblClick={() => props.onOpen(slot)}
      onPointerDown={(event) => {
        if (isEditable && sku && event.pointerType === "mouse") drag.begin(event, { words, sku, from_id: slot.id });
      }}
    >
      <span class="shelf-name">{words}</span>
      {sku && (
        <span class="quiet small figures shelf-sku">
          {isUnknown && <Icon of={TriangleAlert} />}
          {isTwice && <Icon of={Copy} />}
          {sku}
          {isTwice && <span class="only-spoken">{say("products.in_several")}</span>}
        </span>
      )}
    </td>
  );
}

/** One side of a fixture, drawn as who stands before it sees it. */
export function ShelfGrid(props: ShelfGridProps) {
  const { elevation, fixture_key, chosen_id } = props;
  const onKeyDown = (event: KeyboardEvent): void => {
    const slot = elevation.cells.flat().find((each) => each?.id === chosen_id);
    if (!slot || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = slotTowards(elevation, slot.id, event.key);
    if (next) props.onChoose(next);
    else if (event.key === "Enter" || event.key === " ") props.onOpen(slot);
    else if (props.isEditable && (event.key === "Delete" || event.key === "Backspace")) props.onEmpty(slot);
    else if (props.isEditable && event.key.toLowerCase() === "m") props.onMove(slot);
    else if (event.key === "Escape" && props.moving_id !== null) props.onMove(slot);
    else if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    // The editor's own keys (Delete takes the whole fixture away) do not hear of it.
    event.stopPropagation();
  };
  const side = say("products.side", { side: elevation.side });
  return (
    <div class="shelf-scroll">
      <table class="shelf-grid" role="grid" aria-label={say("products.grid_spoken", { key: fixture_key, side })} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            <td />
            {elevation.bays.map((bay) => (
              <th key={bay} scope="col" class="figures">
                {say("products.bay", { bay })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {elevation.cells.map((line, row) => (
            <tr key={elevation.shelves[row]}>
              <th scope="row" class="figures">
                {say("products.shelf", { shelf: elevation.shelves[row] ?? 0 })}
              </th>
              {line.map((slot, column) =>
                slot ? <Cell key={slot.id} slot={slot} props={props} /> : <td key={`none ${column}`} role="gridcell" class="shelf-gap" />,
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
