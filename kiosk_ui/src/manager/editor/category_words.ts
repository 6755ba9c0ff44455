/** What kinds of shapes are called. Where the kind is free it is called what it is. */
import { type MessageKey, say } from "../../words.ts";

const CATEGORY_WORDS: Readonly<Record<string, MessageKey>> = {
  gondola: "editor.category_gondola",
  endcap: "editor.category_endcap",
  wall_shelf: "editor.category_wall_shelf",
  promo_island: "editor.category_promo_island",
  cooler: "editor.category_cooler",
  table: "editor.category_table",
  checkout_desk: "editor.category_checkout_desk",
  other: "editor.category_other",
  "pedestrian.principal": "editor.category_main_entrance",
  pedestrian: "editor.category_entrance",
  emergencyexit: "editor.category_emergency_exit",
  service: "editor.category_service",
  stairs: "editor.category_stairs",
  elevator: "editor.category_elevator",
  escalator: "editor.category_escalator",
  ramp: "editor.category_ramp",
  room: "editor.category_room",
  checkout: "editor.category_checkout",
  information: "editor.category_information",
  restroom: "editor.category_restroom",
  atm: "editor.category_atm",
  seating: "editor.category_seating",
};

export function categoryWords(category: string): string {
  const words = CATEGORY_WORDS[category];
  return words ? say(words) : category;
}
