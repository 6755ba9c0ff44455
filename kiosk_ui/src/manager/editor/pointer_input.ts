/** Mouse, pen and fingers on the plan: one finger draws and moves, two move and zoom the plan, as the middle button and Space do. */
import type { Easel } from "./easel.ts";
import type { Held } from "./scene.ts";
import type { Point } from "./shapes.ts";

const heldIn = (event: MouseEvent): Held => ({ alt: event.altKey, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey });

/** Listens until it is told to stop. */
export function followPointer(easel: Easel): () => void {
  const { element, drawing } = easel;
  const { map } = drawing;
  const ended = new AbortController();
  const options = { signal: ended.signal, capture: true };
  const fingers = new Set<number>();
  let leading: number | null = null;
  let isSpaceHeld = false;
  /** A second finger has come: what the first began is over, until all are lifted. */
  let isPlanMoved = false;
  /** How many presses in a row found nothing in hand: the click that ends a line is no half of a double click on it. */
  let idlePresses = 0;

  const place = (event: MouseEvent): Point => {
    const { lng, lat } = map.mouseEventToLatLng(event);
    return [lng, lat];
  };

  element.addEventListener(
    "pointerdown",
    (event) => {
      element.focus({ preventScroll: true });
      fingers.add(event.pointerId);
      easel.isCoarse.value = event.pointerType === "touch";
      easel.cross.value = null;
      const isPlan = event.button === 1 || isSpaceHeld || !easel.scene().isEditable;
      if (isPlan) map.dragging.enable();
      else map.dragging.disable();
      if (fingers.size > 1) {
        isPlanMoved = true;
        if (leading !== null) easel.take({ kind: "cancel" });
        leading = null;
        return;
      }
      // The map's own dragging must not see what the hand takes; the second finger's pinch is its own business.
      if (!isPlan) event.stopImmediatePropagation();
      if (event.button !== 0 || isSpaceHeld) return;
      leading = event.pointerId;
      element.setPointerCapture(event.pointerId);
      idlePresses = easel.hand.value.kind === "idle" ? idlePresses + 1 : 0;
      easel.take({ kind: "press", at: place(event), held: heldIn(event) });
    },
    options,
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      if (isPlanMoved || (fingers.size > 0 && leading !== event.pointerId)) return;
      if (event.pointerType !== "touch") easel.cross.value = null;
      easel.take({ kind: "move", at: place(event), held: heldIn(event) });
    },
    options,
  );
  const lift = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    if (leading === event.pointerId) {
      leading = null;
      easel.take(event.type === "pointerup" ? { kind: "release", at: place(event), held: heldIn(event) } : { kind: "cancel" });
    }
    if (fingers.size > 0) return;
    isPlanMoved = false;
    if (!isSpaceHeld && easel.scene().isEditable) map.dragging.disable();
  };
  element.addEventListener("pointerup", lift, options);
  element.addEventListener("pointercancel", lift, options);
  // The events that follow a press by themselves: the map's dragging listens to these.
  for (const kind of ["mousedown", "touchstart"] as const) {
    element.addEventListener(
      kind,
      (event) => {
        const isOneFinger = !("touches" in event) || event.touches.length < 2;
        if (isOneFinger && !map.dragging.enabled()) event.stopImmediatePropagation();
      },
      options,
    );
  }
  element.addEventListener(
    "dblclick",
    (event) => {
      if (idlePresses >= 2) easel.take({ kind: "double", at: place(event), held: heldIn(event) });
    },
    options,
  );
  element.addEventListener("contextmenu", (event) => event.preventDefault(), options);
  const space = (event: KeyboardEvent): void => {
    if (event.code !== "Space" || easel.cross.value) return;
    isSpaceHeld = event.type === "keydown" && document.activeElement === element;
    element.classList.toggle("is-grabbing", isSpaceHeld);
    if (isSpaceHeld) map.dragging.enable();
    else if (fingers.size === 0 && easel.scene().isEditable) map.dragging.disable();
  };
  addEventListener("keydown", space, { signal: ended.signal });
  addEventListener("keyup", space, { signal: ended.signal });
  return () => ended.abort();
}
