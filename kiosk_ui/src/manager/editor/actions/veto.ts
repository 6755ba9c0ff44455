/** What is refused while the pointer still holds it: cheap, and said in one sentence. The server's checks are the authority. Pure. */
import type { Draft, Feature, FeatureOf } from "../draft.ts";
import { linesOf } from "../feature_shapes.ts";
import { type Point, type Ring, area_m2, isAt, isCrossingItself, isInRing, isInRings, middle } from "../shapes.ts";
import { type Refusal, refuse } from "./outcome.ts";

/** Ten square centimetres: less is a slip of the hand. */
const LEAST_AREA_M2 = 0.001;

export function levelOf(draft: Draft, level_id: string | null): FeatureOf<"level"> | null {
  const level = level_id === null ? undefined : draft.features.get(level_id);
  return level?.feature_type === "level" ? level : null;
}

export function outlineOf(draft: Draft, level_id: string | null): readonly Ring[] | null {
  const level = levelOf(draft, level_id);
  return level && linesOf(level);
}

/** Why this cannot be a shape at all. */
function formVetoOf(feature: Feature): Refusal | null {
  const { key } = feature.properties;
  const lines = linesOf(feature);
  if (feature.geometry.type === "LineString") {
    const line = lines[0] as readonly Point[];
    return line.some((point, i) => i > 0 && isAt(point, line[i - 1] as Point)) || line.length < 2 ? refuse("canvas.too_short", { key }) : null;
  }
  if (feature.geometry.type === "Point") return null;
  for (const ring of lines) {
    const hasArea = ring.length > 3 && Math.abs(area_m2(ring)) >= LEAST_AREA_M2;
    if (ring.length > 4 && isCrossingItself(ring)) return refuse("canvas.crosses_itself", { key });
    if (!hasArea) return refuse("canvas.no_area", { key });
  }
  const [outer, ...holes] = lines as [Ring, ...Ring[]];
  return holes.every((hole) => hole.every((point) => isInRing(point, outer))) ? null : refuse("canvas.hole_outside", { key });
}

function isInside(feature: Feature, outline: readonly Ring[]): boolean {
  return linesOf(feature).every((line) =>
    line.every((point, i) => isInRings(point, outline) && (i === 0 || isInRings(middle(point, line[i - 1] as Point), outline))),
  );
}

/** Why these may not be so; loosely, only what is no shape at all is refused. */
export function vetoOf(draft: Draft, after: readonly Feature[], isLoose: boolean): Refusal | null {
  const outlines = new Map<string, readonly Ring[] | null>();
  for (const feature of after) if (feature.feature_type === "level") outlines.set(feature.id, linesOf(feature));
  for (const feature of after) {
    const { level_id, key } = feature.properties;
    const refusal = formVetoOf(feature);
    if (refusal) return refusal;
    if (isLoose || feature.feature_type === "level" || feature.feature_type === "shelf_slot") continue;
    if (!outlines.has(level_id)) outlines.set(level_id, outlineOf(draft, level_id));
    const outline = outlines.get(level_id);
    if (outline && !isInside(feature, outline)) return refuse("canvas.leaves_outline", { key });
  }
  return null;
}
