/** Bays and shelves of a fixture: made along its faces, made anew with what stands there kept. Pure. */
import { type Draft, type Feature, type FeatureOf, partsOf } from "../draft.ts";
import { linesOf } from "../feature_shapes.ts";
import {
  type Point,
  type Ring,
  TOUCH_M,
  cornersOf,
  direction_deg,
  distance,
  isAt,
  minus,
  nearestOnStretch,
  plus,
  ringOf,
  rounded,
  times,
} from "../shapes.ts";
import { type Outcome, changesTo, refuse } from "./outcome.ts";

export type Slot = FeatureOf<"shelf_slot">;

/** One face of a fixture, as the person in front of it sees it. */
export interface Face {
  /** `N`, `E`, `S` or `W` by where it looks, a number where another face has that name. */
  readonly side: string;
  readonly left: Point;
  readonly right: Point;
  /** Unit vector towards the person. */
  readonly facing: Point;
  readonly length_m: number;
}

export interface Shelving {
  readonly sides: readonly string[];
  /** So many on each side, or as many as fit when each is about so wide. */
  readonly bays: { readonly count: number } | { readonly width_m: number };
  readonly shelves: number;
}

export const MOST_BAYS = 200;
export const MOST_SHELVES = 50;
export const MOST_SLOTS = 2000;
/** Narrower than this no product is set. */
const NARROWEST_FACE_M = 0.2;
/** Corners in whole millimetres turn a face by less: the four faces of a box at 45 degrees are not to share a name. */
const ROUNDING_DEG = 0.5;
const KEY_LENGTH = 64;
const COMPASS = ["E", "N", "W", "S"];

const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1];
const unit = ([x, y]: Point): Point => [x / (Math.hypot(x, y) || 1), y / (Math.hypot(x, y) || 1)];
const short = (value: number): number => Math.round(value * 1e6) / 1e6 + 0;
/** To the right of a person whom the face looks at. */
const rightward = ([x, y]: Point): Point => [-y, x];
const atOf = (slot: Slot): Point => [slot.geometry.coordinates[0] as number, slot.geometry.coordinates[1] as number];
const facingOf = (slot: Slot): Point => [slot.properties.facing[0] as number, slot.properties.facing[1] as number];

/** Corners on a straight stretch belong to one face. */
function corners(ring: Ring): Point[] {
  const all = cornersOf(ringOf(ring));
  return all.filter((corner, i) => {
    const [before, after] = [all.at(i - 1) as Point, all[(i + 1) % all.length] as Point];
    return !isAt(nearestOnStretch(corner, before, after).at, corner);
  });
}

function compassOf(facing: Point): string {
  return COMPASS[Math.floor((direction_deg([0, 0], facing) + 45 + ROUNDING_DEG) / 90) % 4] as string;
}

/** The faces of a fixture, the longest first. Of several that look north, the one that offers most to who stands there is the north side. */
export function facesOf(fixture: Feature): Face[] {
  const around = corners(linesOf(fixture)[0] as Ring);
  const edges = around.map((left, i) => ({ left, right: around[(i + 1) % around.length] as Point }));
  const faces = edges
    .map(({ left, right }) => {
      // The ring runs anticlockwise: who looks at a face from outside has its first corner on the left.
      const [dx, dy] = unit(minus(right, left));
      return { left, right, facing: [short(dy), short(-dx)] as Point, length_m: rounded(distance(left, right)) };
    })
    .filter(({ length_m }) => length_m >= NARROWEST_FACE_M)
    .sort((a, b) => b.length_m - a.length_m);
  const offers = ({ facing, length_m }: (typeof faces)[number]): number => length_m * Math.max(...facing.map(Math.abs));
  const named = new Map<string, (typeof faces)[number]>();
  for (const face of faces) {
    const best = named.get(compassOf(face.facing));
    if (!best || offers(face) > offers(best) + TOUCH_M) named.set(compassOf(face.facing), face);
  }
  return faces.map((face, i) => {
    const compass = compassOf(face.facing);
    return { ...face, side: named.get(compass) === face ? compass : String(i + 1) };
  });
}

export const slotsOf = (draft: Draft, fixture_id: string): readonly Slot[] => partsOf(draft).slots.get(fixture_id) ?? [];

export function bySide(slots: readonly Slot[]): Map<string, Slot[]> {
  const sides = new Map<string, Slot[]>();
  for (const slot of slots) sides.set(slot.properties.side, [...(sides.get(slot.properties.side) ?? []), slot]);
  return sides;
}

/** Whether the bays are counted from right to left. */
export function isCountedLeftward(slots: readonly Slot[]): boolean {
  const [first, ...rest] = slots;
  if (!first) return false;
  const along = rightward(facingOf(first));
  // Whichever way most go: bays further up the count lie further along.
  const mean = slots.reduce((sum, slot) => sum + slot.properties.bay, 0) / slots.length;
  const lean = [first, ...rest].reduce((sum, slot) => sum + (slot.properties.bay - mean) * dot(atOf(slot), along), 0);
  return lean < -1e-9;
}

/** The face these slots are on: it looks their way, and they lie along it. At a corner between two, the one they name. */
function faceUnder(faces: readonly Face[], side: string, slots: readonly Slot[]): Face | null {
  const facing = unit(slots.map(facingOf).reduce(plus));
  const centre = times(slots.map(atOf).reduce(plus), 1 / slots.length);
  const off = ({ left, right }: Face): number => distance(nearestOnStretch(centre, left, right).at, centre);
  const alike = faces.filter((face) => dot(face.facing, facing) > 0.7);
  const nearest = Math.min(...alike.map(off));
  const near = alike.filter((face) => off(face) <= nearest + TOUCH_M);
  return near.find((face) => face.side === side) ?? near[0] ?? null;
}

interface FaceNow {
  readonly isLeftward: boolean;
  readonly slots: ReadonlyMap<string, Slot>;
}

function facesNow(faces: readonly Face[], slots: readonly Slot[]): Map<string, FaceNow> {
  const now = new Map<string, FaceNow>();
  for (const [side, group] of bySide(slots)) {
    const face = faceUnder(faces, side, group);
    if (!face || now.has(face.side)) continue;
    const byPlace = new Map(group.map((slot) => [`${slot.properties.bay} ${slot.properties.shelf}`, slot]));
    now.set(face.side, { isLeftward: isCountedLeftward(group), slots: byPlace });
  }
  return now;
}

export function bayCount(face: Face, bays: Shelving["bays"]): number {
  if ("count" in bays) return bays.count;
  return bays.width_m > 0 ? Math.max(1, Math.round(face.length_m / bays.width_m)) : Number.NaN;
}

/**
 * The fixture's bays and shelves made anew on the sides asked for, and none on others. A slot of the same side, bay and shelf
 * stays the same slot with its product, wherever its bay now lies.
 */
export function shelved(draft: Draft, fixture_id: string, asked: Shelving): Outcome {
  const fixture = draft.features.get(fixture_id);
  if (fixture?.feature_type !== "fixture") return refuse("products.not_a_fixture");
  const faces = facesOf(fixture);
  const wanted = faces.filter(({ side }) => asked.sides.includes(side)).map((face) => ({ face, bays: bayCount(face, asked.bays) }));
  const isCountable = wanted.every(({ bays }) => Number.isInteger(bays) && bays >= 1 && bays <= MOST_BAYS);
  if (!isCountable) return refuse("products.bays_between", { most: MOST_BAYS });
  if (!Number.isInteger(asked.shelves) || asked.shelves < 1 || asked.shelves > MOST_SHELVES) {
    return refuse("products.shelves_between", { most: MOST_SHELVES });
  }
  if (wanted.reduce((sum, { bays }) => sum + bays * asked.shelves, 0) > MOST_SLOTS) return refuse("products.too_many_slots", { most: MOST_SLOTS });
  const before = slotsOf(draft, fixture_id);
  const now = facesNow(faces, before);
  const after = wanted.flatMap(({ face, bays }) => slotsAlong(fixture, face, bays, asked.shelves, now.get(face.side)));
  const kept = new Set(after.map(({ id }) => id));
  const gone = before.filter(({ id }) => !kept.has(id)).map((slot) => ({ before: slot, after: null }));
  const changes = [...gone, ...changesTo(draft, after)];
  if (changes.length === 0) return refuse("products.shelves_are_so");
  return { kind: "shelve", what: fixture.properties.key, changes };
}

function slotsAlong(fixture: FeatureOf<"fixture">, face: Face, bays: number, shelves: number, now: FaceNow | undefined): Slot[] {
  const slots: Slot[] = [];
  for (let bay = 1; bay <= bays; bay++) {
    const part = ((now?.isLeftward ? bays - bay + 1 : bay) - 0.5) / bays;
    const at = plus(face.left, times(minus(face.right, face.left), part)).map(rounded);
    for (let shelf = 1; shelf <= shelves; shelf++) {
      const known = now?.slots.get(`${bay} ${shelf}`);
      const end = `-${face.side}-${String(bay).padStart(2, "0")}-${shelf}`;
      slots.push({
        type: "Feature",
        id: known?.id ?? crypto.randomUUID(),
        feature_type: "shelf_slot",
        geometry: { type: "Point", coordinates: [...at, ...(known?.geometry.coordinates.slice(2) ?? [])] },
        properties: {
          key: fixture.properties.key.slice(0, KEY_LENGTH - end.length) + end,
          level_id: fixture.properties.level_id,
          fixture_id: fixture.id,
          side: face.side,
          bay,
          shelf,
          facing: [...face.facing],
          department: known?.properties.department ?? fixture.properties.department ?? null,
          sku: known?.properties.sku ?? null,
        },
      });
    }
  }
  return slots;
}

/** How the fixture is shelved now: what a form for making it anew begins with. */
export function shelvingOf(draft: Draft, fixture_id: string): Shelving | null {
  const fixture = draft.features.get(fixture_id);
  const slots = slotsOf(draft, fixture_id);
  if (fixture?.feature_type !== "fixture" || slots.length === 0) return null;
  const most = (of: (slot: Slot) => number): number => Math.max(...slots.map(of));
  return {
    sides: [...facesNow(facesOf(fixture), slots).keys()],
    bays: { count: most(({ properties }) => properties.bay) },
    shelves: most(({ properties }) => properties.shelf),
  };
}
