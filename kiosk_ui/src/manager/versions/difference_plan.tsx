import type { FloorplanDocument, ShapeDiff } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import type { Feature } from "../editor/draft.ts";

const ROOM_M = 1;
const POINT_M = 0.35;

type Pair = readonly number[];

/** y is up on a plan and down on a screen. */
function path(rings: readonly (readonly Pair[])[], isClosed: boolean): string {
  return rings.map((ring) => `M${ring.map(([x, y]) => `${x},${-(y as number)}`).join("L")}${isClosed ? "Z" : ""}`).join("");
}

/** The shape as an SVG path in metres. */
export function pathOf({ geometry }: Feature): string {
  if (geometry.type === "Polygon") return path(geometry.coordinates as unknown as Pair[][], true);
  if (geometry.type === "LineString") return path([geometry.coordinates as unknown as Pair[]], false);
  const [x, y] = geometry.coordinates as unknown as [number, number];
  return `M${x - POINT_M},${-y}a${POINT_M},${POINT_M} 0 1 0 ${2 * POINT_M},0a${POINT_M},${POINT_M} 0 1 0 ${-2 * POINT_M},0Z`;
}

function middleOf({ geometry }: Feature): [number, number] {
  const points =
    geometry.type === "Polygon"
      ? ((geometry.coordinates[0] ?? []) as unknown as Pair[])
      : geometry.type === "LineString"
        ? (geometry.coordinates as unknown as Pair[])
        : [geometry.coordinates as unknown as Pair];
  const sum = points.reduce<[number, number]>(([x, y], point) => [x + (point[0] as number), y + (point[1] as number)], [0, 0]);
  return [sum[0] / Math.max(1, points.length), sum[1] / Math.max(1, points.length)];
}

function boxOf(features: readonly Feature[]): string {
  const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (const { geometry } of features) {
    const points = geometry.type === "Polygon" ? geometry.coordinates.flat() : geometry.type === "LineString" ? geometry.coordinates : [geometry.coordinates];
    for (const [x, y] of points as unknown as [number, number][]) {
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.bottom = Math.min(box.bottom, y);
      box.top = Math.max(box.top, y);
    }
  }
  if (box.left > box.right) return "0 0 10 10";
  return [box.left - ROOM_M, -box.top - ROOM_M, box.right - box.left + 2 * ROOM_M, box.top - box.bottom + 2 * ROOM_M].join(" ");
}

/** Each kind of difference has a colour, a pattern of its own and a letter. */
function Changed({ diff, isPointedAt }: { diff: ShapeDiff; isPointedAt: boolean }) {
  const { before, after, difference } = diff;
  const shape = after ?? before;
  if (!shape) return null;
  const [x, y] = middleOf(shape);
  const from = difference === "moved" && before ? middleOf(before) : null;
  return (
    <g class={`diff diff-${difference} diff-of-${shape.feature_type} ${isPointedAt ? "is-pointed-at" : ""}`}>
      {before && difference === "moved" && <path class="diff-before" d={pathOf(before)} />}
      <path class={shape.geometry.type === "LineString" ? "diff-line" : "diff-shape"} d={pathOf(shape)} />
      {from && <path class="diff-way" d={`M${from[0]},${-from[1]}L${x},${-y}`} />}
      {shape.feature_type !== "level" && (
        <text x={x} y={-y}>
          {say(`versions.sign_${difference}`)}
        </text>
      )}
    </g>
  );
}

interface DifferencePlanProps {
  document: FloorplanDocument;
  level_id: string | null;
  shapes: readonly ShapeDiff[];
  pointedAt: ShapeDiff | null;
}

/** One level with what differs drawn on it: in colour, in pattern and with a sign. */
export function DifferencePlan({ document, level_id, shapes, pointedAt }: DifferencePlanProps) {
  const isHere = (feature: Feature | null): boolean => feature?.properties.level_id === level_id;
  const drawn = document.features.filter((feature) => isHere(feature) && feature.feature_type !== "shelf_slot");
  const differing = shapes.filter(({ before, after }) => isHere(before) || isHere(after));
  const all = [...drawn, ...differing.flatMap(({ before, after }) => [before ?? [], after ?? []].flat())];
  return (
    <svg class="difference-plan" viewBox={boxOf(all)} role="img" aria-label={say("versions.picture")} data-testid="difference-plan">
      <defs>
        <pattern id="diff-hatch" width="0.6" height="0.6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="0.6" height="0.6" class="hatch-back" />
          <rect width="0.25" height="0.6" class="hatch-line" />
        </pattern>
        <pattern id="diff-dots" width="0.5" height="0.5" patternUnits="userSpaceOnUse">
          <rect width="0.5" height="0.5" class="dots-back" />
          <circle cx="0.25" cy="0.25" r="0.12" class="dots-dot" />
        </pattern>
      </defs>
      {drawn.map((feature) => (
        <path key={feature.id} class={`still still-${feature.feature_type}`} d={pathOf(feature)} />
      ))}
      {differing.map((diff) => (
        <Changed key={(diff.after ?? diff.before)?.id} diff={diff} isPointedAt={diff === pointedAt} />
      ))}
    </svg>
  );
}
