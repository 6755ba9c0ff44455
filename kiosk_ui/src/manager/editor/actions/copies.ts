/** Duplicating, rows and columns, copy and paste: copies have keys counted on and empty shelves. Pure. */
import type { EditKind } from "../../../wire.gen.ts";
import type { Draft, Feature } from "../draft.ts";
import { boxOfFeatures, featurePlaced, linesOf } from "../feature_shapes.ts";
import { type Point, type Ring, centreOf, minus, plus, rectangleOf, turned } from "../shapes.ts";
import { KeyCounter } from "./keys.ts";
import { type Outcome, chosenOf, refuse, stepOf, withSlots } from "./outcome.ts";
import { levelOf, vetoOf } from "./veto.ts";

/** More shapes than this at once is a slip of the finger; with their slots they also have to fit one edit. */
const MOST_COPIES = 500;
const MOST_CHANGES = 25_000;

export interface Row {
  /** How many there are afterwards along each axis, the first among them. */
  readonly columns: number;
  readonly rows: number;
  /** Free room between neighbours; negative: the row goes west or south. */
  readonly gap_x_m: number;
  readonly gap_y_m: number;
  /** Along the sides of the shape itself, not along east and north. */
  readonly isAlongShape: boolean;
}

/** What was copied; it outlives the shapes themselves. */
export type Clip = readonly Feature[];

/** Copies with new ids and keys, their slots too; a product stands on the shelf it stood on, not on its copy. */
function copied(features: readonly Feature[], keys: KeyCounter, level_id: string | null, by: Point): Feature[] {
  const ids = new Map(features.map(({ id }) => [id, crypto.randomUUID() as string]));
  const renamed = new Map<string, readonly [string, string]>();
  const shapes = features.filter(({ feature_type }) => feature_type !== "shelf_slot");
  for (const { id, properties } of shapes) renamed.set(id, [properties.key, keys.after(properties.key)]);
  return features.map((feature) => {
    const moved = featurePlaced(feature, { place: (point) => plus(point, by), turn_deg: 0 });
    const properties: Record<string, unknown> = { ...moved.properties, level_id: level_id ?? feature.properties.level_id };
    if (feature.feature_type === "shelf_slot") {
      const { fixture_id, key } = feature.properties;
      const [was, now] = renamed.get(fixture_id) ?? [fixture_id, fixture_id];
      const rest = key.startsWith(was) ? key.slice(was.length) : `-${key}`;
      Object.assign(properties, { key: `${now}${rest}`.slice(0, 64), fixture_id: ids.get(fixture_id) ?? fixture_id, sku: null });
    } else {
      const [was, now] = renamed.get(feature.id) as readonly [string, string];
      properties["key"] = now;
      for (const own of ["node_key", "kiosk_key"]) {
        const known = properties[own];
        if (typeof known === "string") properties[own] = known === was ? now : keys.after(known);
      }
    }
    return { ...moved, id: ids.get(feature.id), properties } as unknown as Feature;
  });
}

function step(draft: Draft, kind: EditKind, copies: readonly Feature[], isLoose: boolean): Outcome {
  if (copies.length > MOST_CHANGES) return refuse("canvas.too_many", { most: MOST_COPIES });
  const shapes = copies.filter(({ feature_type }) => feature_type !== "shelf_slot");
  return vetoOf(draft, shapes, isLoose) ?? stepOf(kind, copies.map((after) => ({ before: null, after })));
}

function copyable(draft: Draft, ids: Iterable<string>): Feature[] {
  return withSlots(draft, chosenOf(draft, ids).flatMap(({ id, feature_type }) => (feature_type === "level" ? [] : [id])));
}

/** One copy of each, this far away. */
export function duplicated(draft: Draft, ids: Iterable<string>, by: Point, isLoose = false): Outcome {
  const sources = copyable(draft, ids);
  if (sources.length === 0) return refuse("canvas.nothing_chosen");
  return step(draft, "duplicate", copied(sources, new KeyCounter(draft), null, by), isLoose);
}

const pitch = (size_m: number, gap_m: number): number => (gap_m < 0 ? gap_m - size_m : size_m + gap_m);

/** How far apart the shapes of a row lie, along each of its axes: own size and free room. */
function pitches(features: readonly Feature[], row: Row): [Point, Point] {
  const only = features.length === 1 ? features[0] : undefined;
  const rectangle = row.isAlongShape && only?.geometry.type === "Polygon" ? rectangleOf(linesOf(only)[0] as Ring) : null;
  if (rectangle) {
    const { width_m, depth_m, angle_deg } = rectangle;
    return [turned([pitch(width_m, row.gap_x_m), 0], [0, 0], angle_deg), turned([0, pitch(depth_m, row.gap_y_m)], [0, 0], angle_deg)];
  }
  const box = boxOfFeatures(features) ?? { west: 0, east: 0, south: 0, north: 0 };
  return [[pitch(box.east - box.west, row.gap_x_m), 0], [0, pitch(box.north - box.south, row.gap_y_m)]];
}

/** Rows and columns of the chosen shapes, which stay as their first. */
export function arrayed(draft: Draft, ids: Iterable<string>, row: Row, isLoose = false): Outcome {
  const sources = copyable(draft, ids);
  const shapes = sources.filter(({ feature_type }) => feature_type !== "shelf_slot");
  if (shapes.length === 0) return refuse("canvas.nothing_chosen");
  const count = row.columns * row.rows;
  if (!(Number.isInteger(row.columns) && Number.isInteger(row.rows) && count >= 2)) return refuse("canvas.no_change");
  if (count * shapes.length > MOST_COPIES) return refuse("canvas.too_many", { most: MOST_COPIES });
  const [right, up] = pitches(shapes, row);
  const keys = new KeyCounter(draft);
  const copies: Feature[] = [];
  for (let j = 0; j < row.rows; j++) {
    for (let i = 0; i < row.columns; i++) {
      if (i === 0 && j === 0) continue;
      copies.push(...copied(sources, keys, null, [i * right[0] + j * up[0], i * right[1] + j * up[1]]));
    }
  }
  return step(draft, "array", copies, isLoose);
}

export function clipOf(draft: Draft, ids: Iterable<string>): Clip {
  return copyable(draft, ids);
}

/** What was copied, its middle at a place of a level. */
export function pasted(draft: Draft, level_id: string | null, clip: Clip, middle: Point, isLoose = false): Outcome {
  const box = boxOfFeatures(clip.filter(({ feature_type }) => feature_type !== "shelf_slot"));
  if (!box) return refuse("canvas.nothing_copied");
  if (!levelOf(draft, level_id)) return refuse("canvas.no_level");
  return step(draft, "paste", copied(clip, new KeyCounter(draft), level_id, minus(middle, centreOf(box))), isLoose);
}
