/** Dragging a product onto a slot, or from slot to slot, with mouse, pen or finger. A drag is only a short cut: each can be done by keys. */
import { useEffect, useRef, useState } from "preact/hooks";

export interface Dragged {
  readonly words: string;
  readonly sku: string;
  /** The slot it comes from; null from the list. */
  readonly from_id: string | null;
}

export interface ShelfDrag {
  readonly dragged: Dragged | null;
  readonly over_id: string | null;
  readonly at: readonly [x: number, y: number];
  begin(event: PointerEvent, what: Dragged): void;
  /** Whether the click that follows a drag is to be passed over. */
  hasJustDropped(): boolean;
}

const BEGINS_AFTER_PX = 6;

function slotUnder(x: number, y: number): string | null {
  return document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-slot]")?.dataset["slot"] ?? null;
}

export function useShelfDrag(onDrop: (what: Dragged, slot_id: string) => void): ShelfDrag {
  const [now, setNow] = useState<{ dragged: Dragged; at: readonly [number, number]; over_id: string | null } | null>(null);
  const stop = useRef<() => void>(() => undefined);
  const dropped = useRef(0);
  const drop = useRef(onDrop);
  drop.current = onDrop;
  useEffect(() => () => stop.current(), []);

  function begin(event: PointerEvent, what: Dragged): void {
    if (event.button !== 0 || !event.isPrimary) return;
    stop.current();
    const listening = new AbortController();
    const { signal } = listening;
    const { pointerId, clientX, clientY } = event;
    let isMoving = false;
    stop.current = () => {
      listening.abort();
      setNow(null);
    };
    const isOther = (each: PointerEvent): boolean => each.pointerId !== pointerId;
    const onMove = (move: PointerEvent): void => {
      if (isOther(move)) return;
      isMoving ||= Math.hypot(move.clientX - clientX, move.clientY - clientY) > BEGINS_AFTER_PX;
      if (!isMoving) return;
      move.preventDefault();
      setNow({ dragged: what, at: [move.clientX, move.clientY], over_id: slotUnder(move.clientX, move.clientY) });
    };
    const onUp = (up: PointerEvent): void => {
      if (isOther(up)) return;
      const slot_id = isMoving ? slotUnder(up.clientX, up.clientY) : null;
      if (isMoving) dropped.current = up.timeStamp;
      stop.current();
      if (slot_id !== null && slot_id !== what.from_id) drop.current(what, slot_id);
    };
    addEventListener("pointermove", onMove, { signal });
    addEventListener("pointerup", onUp, { signal });
    addEventListener("pointercancel", (each) => !isOther(each) && stop.current(), { signal });
    addEventListener("keydown", (key) => key.key === "Escape" && stop.current(), { signal });
  }

  return {
    dragged: now?.dragged ?? null,
    over_id: now?.over_id ?? null,
    at: now?.at ?? [0, 0],
    begin,
    hasJustDropped: () => performance.now() - dropped.current < 50,
  };
}

/** What is being dragged, beside the pointer. */
export function DragGhost({ drag }: { drag: ShelfDrag }) {
  if (!drag.dragged) return null;
  return (
    <div class="drag-ghost" aria-hidden="true" style={{ left: `${drag.at[0] + 12}px`, top: `${drag.at[1] + 12}px` }}>
      {drag.dragged.words}
    </div>
  );
}
