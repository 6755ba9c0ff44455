/** The editor's plan: draws the draft, and turns one finished gesture into one step. */
import { useEffect, useRef } from "preact/hooks";
import { say } from "../../words.ts";
import type { PlanCanvasHandle, PlanCanvasProps } from "./canvas_props.ts";
import type { Draft } from "./draft.ts";
import { DraftMap, pointAt } from "./draft_map.ts";
import { type Box, boxOf } from "./shapes.ts";
import { boxOfFeatures } from "./feature_shapes.ts";

const NOTHING_YET: Box = { west: 0, south: 0, east: 40, north: 25 };

function boxOfLevel({ features }: Draft, level_id: string | null): Box {
  const box = boxOfFeatures([...features.values()].filter(({ properties }) => properties.level_id === level_id));
  return box ?? NOTHING_YET;
}

export function PlanCanvas(props: PlanCanvasProps & { handle?: { current: PlanCanvasHandle | null } }) {
  const element = useRef<HTMLDivElement>(null);
  const drawing = useRef<DraftMap | null>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (!element.current) return;
    const made = new DraftMap(element.current);
    drawing.current = made;
    const fit = (): void => made.fit(boxOfLevel(latest.current.draft, latest.current.level_id));
    fit();
    const resized = new ResizeObserver(() => made.map.invalidateSize({ animate: false }));
    resized.observe(element.current);
    const { handle } = latest.current;
    if (handle) {
      handle.current = {
        fit,
        showFeatures: (features) => made.fit(boxOfFeatures(features) ?? NOTHING_YET),
        showPlace: (x_m, y_m) => made.fit(boxOf([[x_m - 4, y_m - 4], [x_m + 4, y_m + 4]])),
        pointer: () => pointAt(made.map.getCenter()),
      };
    }
    return () => {
      resized.disconnect();
      if (handle) handle.current = null;
      made.remove();
    };
  }, []);
  const { draft, level_id, layers } = props;
  useEffect(() => drawing.current?.show(draft, level_id, layers, new Map()), [draft, level_id, layers]);
  return (
    <div class="plan-canvas">
      <div ref={element} tabIndex={0} role="application" aria-label={say("map.region")} data-testid="plan" />
      <span class="north" role="img" aria-label={say("map.north_spoken")}>
        <span aria-hidden="true">↑ {say("map.north")}</span>
      </span>
    </div>
  );
}
