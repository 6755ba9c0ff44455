/** The geometry of each kind of shape: its points, and the shape with other points. Pure. */
import type { Feature } from "./draft.ts";
import { type Box, type Point, type Ring, boxOf, direction_deg, rounded, roundedPoint, turned } from "./shapes.ts";

/** Where a point of the plan goes, and what that does to directions. */
export interface Motion {
  place(point: Point): Point;
  /** Anticlockwise, after mirroring where it mirrors. */
  readonly turn_deg: number;
  /** Left and right change places, about a line that runs north. */
  readonly isMirrored?: boolean;
}

/** Every ring of it, or its line, or its point alone. */
export function linesOf({ geometry }: Feature): readonly Ring[] {
  if (geometry.type === "Polygon") return geometry.coordinates as unknown as readonly Ring[];
  if (geometry.type === "LineString") return [geometry.coordinates as unknown as Ring];
  return [[geometry.coordinates as unknown as Point]];
}

export const pointsOf = (feature: Feature): Point[] => linesOf(feature).flat();

export function boxOfFeatures(features: Iterable<Feature>): Box | null {
  const box = boxOf([...features].flatMap(pointsOf));
  return box.west <= box.east ? box : null;
}

function placed(point: readonly number[], motion: Motion): number[] {
  const [x, y] = motion.place([point[0] as number, point[1] as number]);
  return [rounded(x), rounded(y), ...point.slice(2)];
}

function geometryPlaced<G extends Feature["geometry"]>(geometry: G, motion: Motion): G {
  if (geometry.type === "Point") return { ...geometry, coordinates: placed(geometry.coordinates, motion) };
  if (geometry.type === "LineString") return { ...geometry, coordinates: geometry.coordinates.map((p) => placed(p, motion)) };
  const rings = geometry.coordinates.map((ring) => ring.map((point) => placed(point, motion)));
  return { ...geometry, coordinates: motion.isMirrored ? rings.map((ring) => ring.reverse()) : rings };
}

/** Clockwise from north, after a motion. */
function facingPlaced(facing_deg: number, { turn_deg, isMirrored }: Motion): number {
  const turned = (isMirrored ? -facing_deg : facing_deg) - turn_deg;
  return rounded(((turned % 360) + 360) % 360) % 360;
}

function unitPlaced([x, y]: readonly number[], { turn_deg, isMirrored }: Motion): number[] {
  const flipped: Point = [isMirrored ? 0 - (x as number) : (x as number), y as number];
  if (turn_deg === 0) return [...flipped];
  const short = (value: number): number => Math.min(1, Math.max(-1, Math.round(value * 1e6) / 1e6 + 0));
  return turned(flipped, [0, 0], turn_deg).map(short);
}

const COMPASS = ["E", "N", "W", "S"];

/** Sides named by the compass are named anew when the shelf has turned: people are told "on the west side". */
function sideNow(side: string, [x, y]: readonly number[]): string {
  if (!COMPASS.includes(side)) return side;
  return COMPASS[Math.floor((direction_deg([0, 0], [x as number, y as number]) + 45.001) / 90) % 4] as string;
}

/** The shape elsewhere: its points, and what else of it has a place or a direction. */
export function featurePlaced(feature: Feature, motion: Motion): Feature {
  const geometry = geometryPlaced(feature.geometry, motion);
  const isTurned = motion.turn_deg !== 0 || motion.isMirrored;
  if (feature.feature_type === "shelf_slot" && isTurned) {
    const facing = unitPlaced(feature.properties.facing, motion);
    const was = feature.properties.side;
    const side = sideNow(was, facing);
    const key = feature.properties.key.replace(`-${was}-`, `-${side}-`);
    return { ...feature, geometry, properties: { ...feature.properties, key, facing, side } } as Feature;
  }
  if (feature.feature_type !== "kiosk") return { ...feature, geometry } as Feature;
  const { display_point, catchment, facing_deg } = feature.properties;
  const properties = {
    ...feature.properties,
    display_point: geometryPlaced(display_point, motion),
    catchment: catchment && geometryPlaced(catchment, motion),
    facing_deg: facingPlaced(facing_deg, motion),
  };
  return { ...feature, geometry, properties } as Feature;
}

/** The shape with other rings, another line or another point; whole millimetres. */
export function featureWith(feature: Feature, lines: readonly (readonly Point[])[]): Feature {
  const clean = lines.map((line) => line.map((point) => [...roundedPoint(point)]));
  const { type } = feature.geometry;
  const coordinates = type === "Polygon" ? clean : type === "LineString" ? clean[0] : clean[0]?.[0];
  return { ...feature, geometry: { type, coordinates } } as Feature;
}
