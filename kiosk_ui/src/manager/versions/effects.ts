/** What a change of plan does to the store, in words. */
import type { Effect } from "../../wire.gen.ts";
import { language, say } from "../../words.ts";

type Direction = "more" | "less" | "same" | "first";

/** A figure and its unit stay on one line. */
const NEVER_APART = "\u00a0";

/** Worth a sentence even where it stays as it was. */
const ALWAYS_SAID = new Set<Effect["kind"]>(["route_length_m", "median_error_m", "floor_within_target"]);

/** By what a person reads: figures that look the same are the same. */
function directionOf(effect: Effect): Direction {
  const { before, after } = effect;
  if (before === null || after === null) return "first";
  if (figure(effect, before) === figure(effect, after)) return "same";
  return after > before ? "more" : "less";
}

function figure(effect: Effect, value: number | null): string {
  if (value === null) return say("editor.unknown");
  const style: Intl.NumberFormatOptions =
    effect.kind === "floor_within_target"
      ? { style: "percent", maximumFractionDigits: 0 }
      : effect.kind === "route_length_m" || effect.kind === "median_error_m"
        ? { style: "unit", unit: "meter", minimumFractionDigits: 1, maximumFractionDigits: 1 }
        : { maximumFractionDigits: 0 };
  return new Intl.NumberFormat(language.value, style).format(value).replaceAll(" ", NEVER_APART);
}

/** One sentence; null where there is nothing to say. */
export function effectWords(effect: Effect): string | null {
  const { kind, before, after } = effect;
  if (before === null && after === null) return null;
  const isCountOfChanges = kind === "products_moved" || kind === "zones_changed";
  if (isCountOfChanges && !after) return null;
  const direction = directionOf(effect);
  if (direction === "same" && !ALWAYS_SAID.has(kind) && !isCountOfChanges) return null;
  return say(`versions.effect_${kind}`, {
    direction,
    before: figure(effect, before),
    after: figure(effect, after),
    count: Math.round(after ?? 0),
  });
}
