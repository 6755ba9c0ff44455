/** Guidance facts to words: what is said depends on how sure the position is. Nothing is claimed that is not known. */
import type { Guidance, GuidanceCrossing, GuidanceStep, LevelName, ShelfPlace } from "./wire.gen.ts";
import { directionOf, language, say, sayMetres } from "./words.ts";

export interface Instruction {
  /** The one thing to do, in the largest type; changes only when the thing to do changes. */
  title: string;
  /** Distance and place; may change twice a second. */
  detail: string;
}

/** In the shopper's language where the plan has the name in it. */
export function sayLevel({ names }: Pick<LevelName, "names">): string {
  return names[language.value] ?? names["en"] ?? Object.values(names)[0] ?? "";
}

function onLevel(place: ShelfPlace, words: string): string {
  return joined(place.level === null ? "" : named(sayLevel(place.level)), words);
}

export function sayPlace(place: ShelfPlace): string {
  const zone = place.zone ?? "";
  const words = say(zone === "" ? "place.without_zone" : "place.words", {
    zone,
    fixture: place.fixture_key,
    side: place.side,
    bay: place.bay,
    height: say("place.height", { shelf: place.shelf, height: place.height ?? "unknown" }),
  });
  return onLevel(place, words);
}

/** Enough to know the part of the store, where there is no room or need for more. */
export function sayPlaceShort(place: ShelfPlace): string {
  const zone = place.zone ?? "";
  return onLevel(place, say(zone === "" ? "place.short_without_zone" : "place.short", { zone, fixture: place.fixture_key }));
}

function sayDistance(guidance: Guidance): string {
  if (guidance.distance_m === null) return "";
  const distance = sayMetres(guidance.distance_m);
  return guidance.certainty === "sure" ? distance : say("guidance.about", { distance });
}

/** A name between others keeps its place in a line that runs from right to left, by Unicode's isolates. */
function named(name: string): string {
  return directionOf(language.value) === "rtl" && name !== "" ? `\u2068${name}\u2069` : name;
}

function joined(...parts: string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}

/** "take the lift up to First floor": no item's name is in it, whoever hears it. */
export function sayCrossing({ means, heading, to_level }: GuidanceCrossing): string {
  return say("way.cross", { means, heading, level: sayLevel(to_level) });
}

/** Where the next item is on another level: the way to what takes one there is the thing to do. */
function sayFirstCrossing(guidance: Guidance, crossing: GuidanceCrossing, name: string, place: string): Instruction {
  const cross = sayCrossing(crossing);
  const key = guidance.certainty === "sure" ? "guidance.cross_sure" : "guidance.cross_near";
  return {
    title: guidance.turn === null ? capitalised(cross) : say(key, { turn: guidance.turn, cross }),
    detail: joined(sayDistance(guidance), named(name), place),
  };
}

/** Whether the way, if there is one, leads to the till: there is no item at its end. */
export function isToTill({ kind }: Pick<Guidance, "kind">): boolean {
  return kind === "to_checkout" || kind === "at_checkout";
}

/** The product that is led to; none on the way to the till, where guidance may still name one that is sold out. */
export const nextSku = (guidance: Guidance): string | null => (isToTill(guidance) ? null : (guidance.next_item?.sku ?? null));

/** What there is to say of a list on which nothing is left that can be had here. */
function sayLeftOver({ next_item }: Guidance): Instruction {
  if (next_item === null) return { title: say("guidance.all_done"), detail: say("guidance.all_done_detail") };
  const { name } = next_item;
  return next_item.is_sold_out
    ? { title: say("guidance.sold_out", { name }), detail: say("guidance.sold_out_detail") }
    : { title: say("guidance.no_place", { name }), detail: say("guidance.no_place_detail") };
}

/** No item's name is in its title, whoever hears it. */
function sayToTill(guidance: Guidance): Instruction {
  const left = sayLeftOver(guidance);
  if (guidance.certainty === "unknown") return left;
  const isSure = guidance.certainty === "sure";
  if (guidance.kind === "at_checkout") {
    const detail = guidance.next_item === null ? say("guidance.at_till_detail") : left.title;
    return { title: say(isSure ? "guidance.at_till_sure" : "guidance.at_till_near"), detail };
  }
  const [crossing] = guidance.crossings;
  if (crossing) return sayFirstCrossing(guidance, crossing, say("guidance.till_name"), left.title);
  const title = say(isSure ? "guidance.till_sure" : "guidance.till_near", { turn: guidance.turn ?? "none" });
  return { title, detail: joined(sayDistance(guidance), left.title) };
}

export function sayGuidance(guidance: Guidance, isStepFree = false): Instruction {
  const name = guidance.next_item?.name ?? "";
  const place = guidance.next_item?.place ? sayPlace(guidance.next_item.place) : "";
  const isSeen = guidance.certainty !== "unknown";
  switch (guidance.kind) {
    case "all_done":
      return sayLeftOver(guidance);
    case "to_checkout":
    case "at_checkout":
      return sayToTill(guidance);
    case "no_place":
      return {
        title: name === "" ? say("guidance.no_place_any") : say("guidance.no_place", { name }),
        detail: say("guidance.no_place_detail"),
      };
    case "sold_out":
      return { title: say("guidance.sold_out", { name }), detail: say("guidance.sold_out_detail") };
    case "no_path":
      return { title: say("guidance.no_path", { name }), detail: joined(place, say(isStepFree ? "guidance.no_step_free_path_detail" : "guidance.no_path_detail")) };
    case "arrived":
      if (isSeen) {
        const key = guidance.certainty === "sure" ? "guidance.arrived_sure" : "guidance.arrived_near";
        return { title: say(key, { name }), detail: place };
      }
      break;
    case "go_to":
      if (isSeen) {
        const [crossing] = guidance.crossings;
        if (crossing) return sayFirstCrossing(guidance, crossing, name, place);
        const key = guidance.certainty === "sure" ? "guidance.go_sure" : "guidance.go_near";
        return { title: say(key, { name, turn: guidance.turn ?? "none" }), detail: joined(sayDistance(guidance), place) };
      }
      break;
    case "no_position":
      break;
  }
  return { title: say("guidance.no_position"), detail: name === "" ? "" : say("guidance.no_position_detail", { name, place }) };
}

/** Of an adult walking in a shop. */
const STEP_M = 0.7;

export interface WayStep {
  words: string;
  /** Metres and steps to walk then; empty at the shelf. */
  walk: string;
}

function sayStep(step: GuidanceStep, isFirst: boolean, isSure: boolean): string {
  if (isFirst) return say("way.first", { move: step.move });
  return say("way.turn", {
    move: step.move,
    nth: isSure ? (step.nth ?? 0) : 0,
    has_past: step.past === null ? "no" : "yes",
    past: step.past ?? "",
    has_into: step.into === null ? "no" : "yes",
    into: step.into ?? "",
  });
}

function capitalised(words: string): string {
  const first = words.slice(0, 1);
  return first.toLocaleUpperCase(language.value) + words.slice(1);
}

function sayWalk(metres: number): string {
  return say("way.walk", { metres: sayMetres(metres), steps: Math.max(1, Math.round(metres / STEP_M)) });
}

/** The way as a list of things to do; empty while there is none, or the position is not known. */
export function sayWay(guidance: Guidance): WayStep[] {
  if ((guidance.kind !== "go_to" && guidance.kind !== "to_checkout") || guidance.certainty === "unknown") return [];
  const steps = guidance.steps.map((step, i) => ({
    // Openings are counted from where one stands: from somewhere near there the first count is a guess.
    words: capitalised(sayStep(step, i === 0, i > 1 || guidance.certainty === "sure")),
    walk: sayWalk(step.walk_m),
  }));
  if (guidance.crossings.length > 0) {
    return [...steps, ...guidance.crossings.map((crossing) => ({ words: capitalised(sayCrossing(crossing)), walk: "" }))];
  }
  if (isToTill(guidance) && steps.length > 0) return [...steps, { words: capitalised(say("way.arrive_till")), walk: "" }];
  if (steps.length === 0 || guidance.shelf_side === null) return steps;
  const place = guidance.next_item?.place;
  const at = place ? say("place.height", { shelf: place.shelf, height: place.height ?? "unknown" }) : "none";
  return [...steps, { words: capitalised(say("way.arrive", { side: guidance.shelf_side, place: at })), walk: "" }];
}
