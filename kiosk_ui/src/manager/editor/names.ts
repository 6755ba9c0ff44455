/** Which names are written on the part of the plan that is seen, and where. Pure. */
import { fittingLabels } from "../../plan_labels.ts";
import { centroid } from "../../plan_frame.ts";
import type { Feature } from "./draft.ts";
import { boxOfFeatures, linesOf } from "./feature_shapes.ts";
import type { Box, Point } from "./shapes.ts";
import { nameOf } from "./step_words.ts";

export interface PlacedName {
  readonly text: string;
  readonly place: Point;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly kind: "zone" | "thing" | "place";
}

const FONT_PX = { zone: 14, thing: 11, place: 11 };
/** Of a letter, in its font's size. */
const LETTER = 0.6;
const PLACES: ReadonlySet<Feature["feature_type"]> = new Set(["scanner_node", "amenity", "kiosk"]);
const THINGS: ReadonlySet<Feature["feature_type"]> = new Set(["fixture", "unit", "blocked_area"]);
/** Zones first: a name left out for want of room is rather a shelf's. */
const ORDER = ["zone", "place", "thing"] as const;

function nameFor(feature: Feature, pixelsPerMetre: number): PlacedName | null {
  const isZone = feature.feature_type === "section";
  const isPlace = PLACES.has(feature.feature_type);
  if (!isZone && !isPlace && !THINGS.has(feature.feature_type)) return null;
  const kind = isZone ? "zone" : isPlace ? "place" : "thing";
  const text = (isZone && nameOf(feature)) || feature.properties.key;
  const [width, height] = [text.length * FONT_PX[kind] * LETTER + 6, FONT_PX[kind] * 1.3];
  const box = boxOfFeatures([feature]) as Box;
  if (isPlace) {
    const stands = feature.feature_type === "kiosk" ? (feature.properties.display_point.coordinates[1] as number) : box.south;
    const place: Point = [(box.west + box.east) / 2, Math.min(box.south, stands) - 16 / pixelsPerMetre];
    // Names of places hang below them, and only where the plan is large enough to tell them apart.
    return pixelsPerMetre >= 14 ? { text, place, width, height, kind } : null;
  }
  const room = Math.max(box.east - box.west, isZone ? 0 : box.north - box.south) * pixelsPerMetre;
  const across = Math.min(box.east - box.west, box.north - box.south) * pixelsPerMetre;
  if (room < width || (!isZone && across < height * 0.9)) return null;
  return { text, place: centroid(linesOf(feature)[0] as Point[]), width, height, kind };
}

export function namesOn(shown: readonly Feature[], seen: Box, pixelsPerMetre: number): PlacedName[] {
  const names = shown.flatMap((feature) => nameFor(feature, pixelsPerMetre) ?? []);
  const isSeen = ({ place: [x, y] }: PlacedName): boolean => x >= seen.west && x <= seen.east && y >= seen.south && y <= seen.north;
  const wanted = ORDER.flatMap((kind) => names.filter((name) => name.kind === kind && isSeen(name)));
  const boxes = wanted.map((name) => ({ ...name, x: name.place[0] * pixelsPerMetre, y: -name.place[1] * pixelsPerMetre }));
  // A zone's name may move to find room; that of a shelf beside it would name another.
  const home = new Map(boxes.map(({ text, place, y }) => [`${text} ${place.join(" ")}`, y]));
  return fittingLabels(boxes)
    .filter(({ kind, text, place, y }) => kind === "zone" || home.get(`${text} ${place.join(" ")}`) === y)
    .map((box) => ({ ...box, place: [box.x / pixelsPerMetre, -box.y / pixelsPerMetre] }));
}
