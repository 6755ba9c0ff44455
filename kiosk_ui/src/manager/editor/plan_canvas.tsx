/** The editor's plan: draws the draft, and turns one finished gesture into one step. */
import { computed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { say } from "../../words.ts";
import type { PlanCanvasHandle, PlanCanvasProps } from "./canvas_props.ts";
import type { Feature } from "./draft.ts";
import { Easel } from "./easel.ts";
import { boxOfFeatures } from "./feature_shapes.ts";
import { HandView, ScaleBar, TypedView } from "./hand_view.tsx";
import { isBusy } from "./interaction.ts";
import { KeyInput } from "./key_input.ts";
import { followPointer } from "./pointer_input.ts";
import { boxOf } from "./shapes.ts";

/** Room around a place that is shown. */
const AROUND_M = 4;

/** Room left beside a shape that is brought into view. */
const BESIDE_PX = 28;

/** How far one stretch is to be moved to lie within another; not at all where it does not fit, but reaches in. */
function shift(low: number, high: number, size: number): number {
  const room = size - 2 * BESIDE_PX;
  if (high - low > room && low < size - BESIDE_PX && high > BESIDE_PX) return 0;
  if (high > size - BESIDE_PX) return high - size + BESIDE_PX;
  return Math.min(0, low - BESIDE_PX);
}

function bringInSight(easel: Easel, features: readonly Feature[]): void {
  const box = boxOfFeatures(features);
  if (!box) return;
  const { map } = easel.drawing;
  const { width, height, west, north, pixelsPerMetre } = easel.view.value;
  const x = shift((box.west - west) * pixelsPerMetre, (box.east - west) * pixelsPerMetre, width);
  const y = shift((north - box.north) * pixelsPerMetre, (north - box.south) * pixelsPerMetre, height);
  if (x !== 0 || y !== 0) map.panBy([x, y], { animate: false });
}

function handleOf(easel: Easel): PlanCanvasHandle {
  return {
    fit: () => easel.fit(),
    showFeatures(features) {
      const box = boxOfFeatures(features);
      if (!box) return;
      const { west, south, east, north } = box;
      easel.showBox({ west: west - AROUND_M, south: south - AROUND_M, east: east + AROUND_M, north: north + AROUND_M });
    },
    showPlace: (x_m, y_m) => easel.showBox(boxOf([[x_m - AROUND_M, y_m - AROUND_M], [x_m + AROUND_M, y_m + AROUND_M]])),
    keepInSight(features) {
      const { kind } = easel.hand.value;
      if (kind === "drawing" || kind === "measuring") return;
      // Never under a hand that is still moving what it has just chosen; and once the page is laid out.
      const isHeld = computed(() => easel.hand.value.kind === "pressing" || isBusy(easel.hand.value));
      const stop = isHeld.subscribe((isStill) => {
        if (isStill) return;
        requestAnimationFrame(() => {
          stop();
          bringInSight(easel, features);
        });
      });
    },
    pointer: () => easel.cross.value ?? easel.pointer.value,
  };
}

/** Draws itself again when the hand, the view or the cross changes; the page is not asked. */
function Overlay({ easel }: { easel: Easel }) {
  const [hand, view] = [easel.hand.value, easel.view.value];
  const isCoarse = easel.isCoarse.value;
  return (
    <>
      <HandView scene={easel.scene()} hand={hand} view={view} cross={easel.cross.value} isCoarse={isCoarse} />
      <TypedView hand={hand} view={view} />
      <ScaleBar view={view} />
    </>
  );
}

export function PlanCanvas(props: PlanCanvasProps & { handle?: { current: PlanCanvasHandle | null } }) {
  const element = useRef<HTMLDivElement>(null);
  const first = useRef(props);
  const [easel, setEasel] = useState<Easel | null>(null);
  useEffect(() => {
    if (!element.current) return;
    const made = new Easel(element.current, first.current);
    const letGo = followPointer(made);
    const keys = new KeyInput(made);
    const target = element.current;
    const down = (event: KeyboardEvent): void => {
      if (!keys.down(event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const up = (event: KeyboardEvent): void => keys.up(event);
    target.addEventListener("keydown", down);
    const settle = (): void => made.take({ kind: "settle" });
    target.addEventListener("keyup", up);
    addEventListener("pagehide", made.leave);
    target.addEventListener("blur", settle); // a key held while the focus goes is let go elsewhere
    const { handle } = first.current;
    if (handle) handle.current = handleOf(made);
    setEasel(made);
    return () => {
      target.removeEventListener("keydown", down);
      target.removeEventListener("keyup", up);
      target.removeEventListener("blur", settle);
      removeEventListener("pagehide", made.leave);
      letGo();
      if (handle) handle.current = null;
      made.remove();
    };
  }, []);
  useLayoutEffect(() => easel?.update(props)); // before the next picture, or a moved shape would jump back for one
  return (
    <div class={`plan-canvas tool-${props.tool}`}>
      <div
        ref={element}
        tabIndex={0}
        role="application"
        aria-label={say("canvas.name")}
        aria-describedby="plan-canvas-keys"
        data-testid="plan"
      />
      <p id="plan-canvas-keys" hidden>
        {say("canvas.keys")}
      </p>
      {easel && <Overlay easel={easel} />}
      <span class="north" role="img" aria-label={say("map.north_spoken")}>
        <span aria-hidden="true">↑ {say("map.north")}</span>
      </span>
    </div>
  );
}
