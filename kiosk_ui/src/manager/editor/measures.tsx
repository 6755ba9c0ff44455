import { say } from "../../words.ts";
import { cornerMoved, cornerRemoved, cornersByLine, holeRemoved, resized } from "./actions/reshaping.ts";
import { act, faultOf } from "./doing.ts";
import type { Draft, Feature } from "./draft.ts";
import { linesOf } from "./feature_shapes.ts";
import { NumberField } from "./fields.tsx";
import { type Point, type Rectangle, type Ring, rectangleOf } from "./shapes.ts";

const CORNERS_AT_MOST = 60; // more are moved on the plan

interface MeasuresProps {
  plan: Draft;
  feature: Feature;
  isEditable: boolean;
}

function RectangleFields({ plan, feature, isEditable, rectangle }: MeasuresProps & { rectangle: Rectangle }) {
  const to = (part: Partial<Rectangle>): string | null => faultOf(resized(plan, feature.id, { ...rectangle, ...part }));
  const [x, y] = rectangle.centre;
  const shared = { isEditable };
  return (
    <div class="pair">
      <NumberField words={say("editor.centre_x")} name="x" value={x} onSet={(value) => (value === null ? null : to({ centre: [value, y] }))} {...shared} />
      <NumberField words={say("editor.centre_y")} name="y" value={y} onSet={(value) => (value === null ? null : to({ centre: [x, value] }))} {...shared} />
      <NumberField words={say("editor.width_m")} name="width" least={0.01} value={rectangle.width_m} onSet={(value) => (value === null ? null : to({ width_m: value }))} {...shared} />
      <NumberField words={say("editor.depth_m")} name="depth" least={0.01} value={rectangle.depth_m} onSet={(value) => (value === null ? null : to({ depth_m: value }))} {...shared} />
      <NumberField
        words={say("editor.angle_deg")}
        name="angle"
        least={-360}
        most={360}
        value={rectangle.angle_deg}
        onSet={(value) => (value === null ? null : to({ angle_deg: value }))}
        {...shared}
      />
    </div>
  );
}

function CornerFields({ plan, feature, isEditable, line }: MeasuresProps & { line: number }) {
  const corners = cornersByLine(feature)[line] ?? [];
  const least = feature.geometry.type === "Polygon" ? 3 : feature.geometry.type === "LineString" ? 2 : 1;
  if (corners.length > CORNERS_AT_MOST) return <p class="quiet small">{say("editor.many_corners", { count: corners.length })}</p>;
  return (
    <ol class="corners">
      {corners.map(([x, y], corner) => {
        const to = (point: Point): string | null => faultOf(cornerMoved(plan, feature.id, { line, corner }, point));
        const words = (axis: string): string => (corners.length === 1 ? `${axis} (m)` : say("editor.corner", { number: corner + 1, axis }));
        return (
          <li class="pair">
            <NumberField words={words("x")} name={`x-${corner}`} value={x} isEditable={isEditable} onSet={(value) => (value === null ? null : to([value, y]))} />
            <NumberField words={words("y")} name={`y-${corner}`} value={y} isEditable={isEditable} onSet={(value) => (value === null ? null : to([x, value]))} />
            {isEditable && corners.length > least && feature.feature_type !== "opening" && (
              <button
                type="button"
                class="plain"
                aria-label={say("editor.remove_corner", { number: corner + 1 })}
                title={say("editor.remove_corner", { number: corner + 1 })}
                onClick={() => act(cornerRemoved(plan, feature.id, { line, corner }))}
              >
                ×
              </button>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** Where the shape lies and how large it is, typed. */
export function Measures({ plan, feature, isEditable }: MeasuresProps) {
  const lines = linesOf(feature);
  const rectangle = feature.geometry.type === "Polygon" && lines.length === 1 ? rectangleOf(lines[0] as Ring) : null;
  if (rectangle) return <RectangleFields plan={plan} feature={feature} isEditable={isEditable} rectangle={rectangle} />;
  return (
    <div class="stack tight">
      {lines.map((_, line) => (
        <details open={lines.length === 1 && (lines[0]?.length ?? 0) <= 3}>
          <summary>{line === 0 ? say("editor.corners") : say("editor.hole", { number: line })}</summary>
          {line > 0 && isEditable && (
            <button type="button" onClick={() => act(holeRemoved(plan, feature.id, line))}>
              {say("editor.remove_hole")}
            </button>
          )}
          <CornerFields plan={plan} feature={feature} isEditable={isEditable} line={line} />
        </details>
      ))}
    </div>
  );
}
