/** What new shapes are called: the next free key of their kind. Pure. */
import { type Draft, type Feature, partsOf } from "../draft.ts";

type Kind = Exclude<Feature["feature_type"], "shelf_slot">;

const FIRST_KEY: Record<Kind, string> = {
  level: "level/0",
  fixture: "G001",
  section: "Z01",
  aisle: "A01",
  unit: "U01",
  wall: "W01",
  opening: "E01",
  blocked_area: "B01",
  amenity: "T01",
  kiosk: "kiosk-1",
  scanner_node: "rpi-01",
};

/** Counts on from a key to the next one nobody has: G001, G002; "table" becomes "table 2". */
export class KeyCounter {
  private readonly taken = new Set<string>();

  constructor(draft: Draft) {
    for (const { properties } of partsOf(draft).drawn) {
      this.taken.add(properties.key);
      if ("node_key" in properties) this.taken.add(properties.node_key);
      if ("kiosk_key" in properties) this.taken.add(properties.kiosk_key);
    }
  }

  /** The first key of the kind that is free. */
  first(kind: Kind): string {
    return this.from(FIRST_KEY[kind]);
  }

  /** The key after this one that is free. */
  after(key: string): string {
    const { stem, digits } = parts(key);
    return this.from(digits === "" ? `${key.slice(0, 60)}-2` : `${stem}${counted(digits)}`);
  }

  private from(key: string): string {
    let { stem, digits } = parts(key);
    while (this.taken.has(`${stem}${digits}`)) digits = counted(digits);
    this.taken.add(`${stem}${digits}`);
    return `${stem}${digits}`;
  }
}

function parts(key: string): { stem: string; digits: string } {
  const digits = /\d{0,9}$/.exec(key)?.[0] ?? "";
  return { stem: key.slice(0, key.length - digits.length), digits };
}

function counted(digits: string): string {
  return String(Number(digits) + 1).padStart(digits.length, "0");
}
