/** What is typed while drawing: "3.5", "3,5<90", "<45", "8x0.9", "12.5;3". Pure. */
import type { Point } from "./shapes.ts";

export type Typed =
  /** A length, a direction (anticlockwise from east), or both. */
  | { readonly kind: "way"; readonly length_m: number | null; readonly angle_deg: number | null }
  | { readonly kind: "size"; readonly width_m: number; readonly depth_m: number }
  | { readonly kind: "place"; readonly at: Point };

const NUMBER = "(-?\\d+(?:[.,]\\d+)?)";
const WAY = new RegExp(`^${NUMBER}?(?:<${NUMBER})?$`);
const SIZE = new RegExp(`^${NUMBER}[x*×]${NUMBER}$`);
const PLACE = new RegExp(`^${NUMBER}[; ]+${NUMBER}$`);

/** Whether a key belongs to a measure being typed. */
export function isMeasureKey(key: string, typed: string): boolean {
  return /^[0-9<]$/.test(key) || (typed !== "" && /^[.,;x*×\- ]$/.test(key)) || (typed === "" && key === "-");
}

export function typedMeasure(text: string): Typed | null {
  const number = (digits: string): number => Number(digits.replace(",", "."));
  const isLong = (length_m: number): boolean => length_m > 0 && length_m <= 10_000;
  const [, width, depth] = SIZE.exec(text) ?? [];
  if (width && depth) return isLong(number(width)) && isLong(number(depth)) ? { kind: "size", width_m: number(width), depth_m: number(depth) } : null;
  const [, x, y] = PLACE.exec(text) ?? [];
  if (x && y) return { kind: "place", at: [number(x), number(y)] };
  const [, length, angle] = WAY.exec(text) ?? [];
  if (!length && !angle) return null;
  if (length && !isLong(number(length))) return null;
  return { kind: "way", length_m: length ? number(length) : null, angle_deg: angle ? number(angle) : null };
}
