/** The editor's plan: draws the draft, and turns one finished gesture into one step. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { say } from "../../words.ts";
import type { PlanCanvasHandle, PlanCanvasProps } from "./canvas_props.ts";
import { Easel } from "./easel.ts";
import { boxOfFeatures } from "./feature_shapes.ts";
import { HandView, ScaleBar, TypedView } from "./hand_view.tsx";
import { KeyInput } from "./key_input.ts";
import { followPointer } from "./pointer_input.ts";
import { boxOf } from "./shapes.ts";

/** Room around a place that is shown. */
const AROUND_M = 4;

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
    target.addEventListener("blur", settle); // a key held while the focus goes is let go elsewhere
    const { handle } = first.current;
    if (handle) handle.current = handleOf(made);
    setEasel(made);
    return () => {
      target.removeEventListener("keydown", down);
      target.removeEventListener("keyup", up);
      target.removeEventListener("blur", settle);
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
