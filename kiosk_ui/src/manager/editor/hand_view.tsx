/** What the hand holds, drawn over the plan in pixels: what is chosen, its handles, what is being drawn, what caught the pointer. */
import { say } from "../../words.ts";
import { pivotOf } from "./actions/moving.ts";
import { chosenOf } from "./actions/outcome.ts";
import { cornersByLine } from "./actions/reshaping.ts";
import type { Feature } from "./draft.ts";
import { boxCorners } from "./drawing_gesture.ts";
import type { View } from "./easel.ts";
import { boxOfFeatures, linesOf } from "./feature_shapes.ts";
import { previewOf } from "./hand_gestures.ts";
import { handlesOf } from "./handles.ts";
import type { Drawing, Interaction } from "./interaction.ts";
import type { Scene } from "./scene.ts";
import { type Point, direction_deg, distance, middle, plus } from "./shapes.ts";
import type { Snap } from "./snapping.ts";

type Project = (point: Point) => Point;

interface HandViewProps {
  scene: Scene;
  hand: Interaction;
  view: View;
  cross: Point | null;
  isCoarse: boolean;
}

const projectOf = ({ west, north, pixelsPerMetre }: View): Project => ([x, y]) => [(x - west) * pixelsPerMetre, (north - y) * pixelsPerMetre];

function path(points: readonly Point[], project: Project, isClosed = false): string {
  const places = points.map((point) => project(point).map((value) => value.toFixed(1)).join(" "));
  return places.length === 0 ? "" : `M${places.join("L")}${isClosed ? "Z" : ""}`;
}

function outlinePath(feature: Feature, project: Project): string {
  if (feature.geometry.type === "Point") {
    const [x, y] = project(linesOf(feature)[0]?.[0] as Point);
    return `M${x - 11} ${y}a11 11 0 1 0 22 0a11 11 0 1 0 -22 0`;
  }
  return linesOf(feature).map((line) => path(line, project, feature.geometry.type === "Polygon")).join("");
}

/** A length and a direction beside a stretch, as it is drawn. */
function Measure({ from, to, project }: { from: Point; to: Point; project: Project }) {
  const length = distance(from, to);
  if (length < 0.001) return null;
  const [x, y] = project(middle(from, to));
  return (
    <text class="hand-measure" x={x} y={y - 8} text-anchor="middle">
      {say("canvas.length", { metres: length, angle: direction_deg(from, to) })}
    </text>
  );
}

function BoxMeasure({ a, b, project }: { a: Point; b: Point; project: Project }) {
  const [x, y] = project([(a[0] + b[0]) / 2, Math.min(a[1], b[1])]);
  return (
    <text class="hand-measure" x={x} y={y + 20} text-anchor="middle">
      {say("canvas.size", { width: Math.abs(a[0] - b[0]), depth: Math.abs(a[1] - b[1]) })}
    </text>
  );
}

function Drawn({ hand, project }: { hand: Drawing; project: Project }) {
  const { tool, points, pointer, isBeginning, pressed, snap } = hand;
  const first = points[0];
  if (!first) return null;
  const isLine = tool === "wall" || tool === "aisle" || tool === "opening";
  const isBox = tool === "rectangle" || (!isLine && isBeginning && pressed !== null);
  if (isBox) {
    return (
      <>
        <path class="hand-drawn is-area" d={path(boxCorners(first, pointer), project, true)} />
        <BoxMeasure a={first} b={pointer} project={project} />
      </>
    );
  }
  return (
    <>
      <path class={`hand-drawn ${isLine ? "" : "is-area"}`} d={path([...points, pointer], project, !isLine && points.length > 1)} />
      {points.map((point, i) => {
        const [x, y] = project(point);
        return <circle class={i === 0 ? "hand-corner is-first" : "hand-corner"} cx={x} cy={y} r={i === 0 ? 6 : 4} />;
      })}
      <Measure from={points.at(-1) as Point} to={snap?.at ?? pointer} project={project} />
    </>
  );
}

function Caught({ snap, project }: { snap: Snap; project: Project }) {
  const [x, y] = project(snap.at);
  return (
    <g class={`hand-snap is-${snap.kind}`}>
      {snap.guides.map((guide) => (
        <path class="hand-guide" d={path(guide, project)} />
      ))}
      {snap.kind === "corner" && <rect x={x - 7} y={y - 7} width={14} height={14} />}
      {snap.kind === "crossing" && <path d={`M${x - 7} ${y - 7}l14 14m0 -14l-14 14`} />}
      {snap.kind === "edge" && <path d={`M${x - 7} ${y + 7}l7 -14l7 14Z`} />}
      {snap.kind !== "corner" && snap.kind !== "crossing" && snap.kind !== "edge" && <circle cx={x} cy={y} r={snap.kind === "grid" ? 3 : 6} />}
    </g>
  );
}

function Handles({ scene, project, isCoarse }: { scene: Scene; project: Project; isCoarse: boolean }) {
  const chosen = chosenOf(scene.draft, scene.selection);
  const box = boxOfFeatures(chosen);
  const [left, top] = project([box?.west ?? 0, box?.north ?? 0]);
  const [right, bottom] = project([box?.east ?? 0, box?.south ?? 0]);
  // Large for fingers, but those of a slender shape do not hide it.
  const size = isCoarse ? Math.max(5, Math.min(9, Math.min(right - left, bottom - top) / 2 - 3)) : 5;
  return (
    <>
      {handlesOf(scene).map((handle) => {
        const [x, y] = project(handle.at);
        if (handle.kind === "turn") {
          return (
            <g class="hand-turn">
              <path d={`M${x} ${top}V${y + size}`} />
              <circle cx={x} cy={y} r={size + 1} />
            </g>
          );
        }
        if (handle.kind === "corner") return <rect class="hand-handle" x={x - size} y={y - size} width={size * 2} height={size * 2} />;
        return <circle class={`hand-handle is-${handle.kind}`} cx={x} cy={y} r={handle.kind === "standing" ? size : size - 2} />;
      })}
    </>
  );
}

/** What the gesture changes, in words beside it: how far, how wide, how turned. */
function Change({ scene, hand, after, project }: { scene: Scene; hand: Interaction; after: readonly Feature[]; project: Project }) {
  const box = boxOfFeatures(after);
  if (!box) return null;
  if (hand.kind === "turning") {
    const [x, y] = project(pivotOf(chosenOf(scene.draft, scene.selection)));
    return (
      <text class="hand-measure" x={x} y={y} text-anchor="middle">
        {say("canvas.turned", { angle: hand.by_deg })}
      </text>
    );
  }
  if (hand.kind === "reshaping") return <BoxMeasure a={[box.west, box.south]} b={[box.east, box.north]} project={project} />;
  const by: Point | null = hand.kind === "moving" || hand.kind === "at_corner" ? hand.by : null;
  if (!by) return null;
  const [x, y] = project([(box.west + box.east) / 2, box.south]);
  return (
    <text class="hand-measure" x={x} y={y + 20} text-anchor="middle">
      {say("canvas.moved_by", { x: by[0], y: by[1] })}
    </text>
  );
}

export function HandView({ scene, hand, view, cross, isCoarse }: HandViewProps) {
  const project = projectOf(view);
  const after = previewOf(scene, hand) ?? [];
  const moved = new Map(after.map((feature) => [feature.id, feature]));
  const chosen = chosenOf(scene.draft, scene.selection).map((feature) => moved.get(feature.id) ?? feature);
  const isStill = hand.kind === "idle" || hand.kind === "pressing" || hand.kind === "at_corner";
  const snap = "snap" in hand ? hand.snap : null;
  const isVetoed = "veto" in hand && hand.veto !== null;
  return (
    <svg class="hand" width={view.width} height={view.height} aria-hidden="true">
      {chosen.length > 0 && (
        <path class={`hand-chosen ${isVetoed ? "is-refused" : ""}`} d={chosen.map((feature) => outlinePath(feature, project)).join("")} />
      )}
      {hand.kind === "boxing" && <path class="hand-box" d={path(boxCorners(hand.from, hand.to), project, true)} />}
      {hand.kind === "drawing" && <Drawn hand={hand} project={project} />}
      {hand.kind === "measuring" && hand.points.length > 0 && (
        <>
          <path class="hand-drawn" d={path([...hand.points, hand.pointer], project)} />
          {[...hand.points, hand.pointer].map((point, i, all) => i > 0 && <Measure from={all[i - 1] as Point} to={point} project={project} />)}
        </>
      )}
      {isStill && <Handles scene={scene} project={project} isCoarse={isCoarse} />}
      {hand.kind === "at_corner" && <FocusedCorner scene={scene} hand={hand} project={project} />}
      {after.length > 0 && <Change scene={scene} hand={hand} after={after} project={project} />}
      {snap && <Caught snap={snap} project={project} />}
      {cross && <Cross at={cross} project={project} />}
    </svg>
  );
}

function FocusedCorner({ scene, hand, project }: { scene: Scene; hand: Interaction & { kind: "at_corner" }; project: Project }) {
  const feature = scene.draft.features.get(hand.feature_id);
  const corner = feature && cornersByLine(feature)[hand.corner.line]?.[hand.corner.corner];
  if (!corner) return null;
  const [x, y] = project(plus(corner, hand.by));
  return <circle class="hand-focused" cx={x} cy={y} r={11} />;
}

function Cross({ at, project }: { at: Point; project: Project }) {
  const [x, y] = project(at);
  return (
    <g class="hand-cross">
      <path d={`M${x - 16} ${y}h32M${x} ${y - 16}v32`} />
      <text class="hand-measure" x={x + 12} y={y - 12}>
        {say("canvas.place", { x: at[0], y: at[1] })}
      </text>
    </g>
  );
}

const SCALE_PX = 160;

/** A round length as long as it is on the plan. The map's own writes HTML at each picture. */
export function ScaleBar({ view }: { view: View }) {
  const most = SCALE_PX / view.pixelsPerMetre;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = power * ([5, 2].find((each) => each * power <= most) ?? 1);
  return (
    <div class="scale-bar" style={{ inlineSize: `${metres * view.pixelsPerMetre}px` }}>
      {say("canvas.scale", { metres })}
    </div>
  );
}

/** What has been typed for the next edge, beside the pointer. */
export function TypedView({ hand, view }: { hand: Interaction; view: View }) {
  if (hand.kind !== "drawing" || (hand.typed === "" && hand.angle_deg === null)) return null;
  const [x, y] = projectOf(view)(hand.pointer);
  return (
    <output class="hand-typed" style={{ insetInlineStart: `${x + 16}px`, insetBlockStart: `${y + 16}px` }}>
      {hand.typed === "" ? say("canvas.locked_angle", { angle: hand.angle_deg ?? 0 }) : hand.typed}
    </output>
  );
}

