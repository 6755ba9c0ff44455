/** Sides by writing direction: what stands at the start of a line stands at the right in Arabic. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** The plan's own (map.css) is not among them: a plan is not mirrored. */
const SHEETS = ["base.css", "tokens.css", "kiosk/kiosk.css", "shopper/shopper.css"];
const SIDES = [
  /(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)\b/g,
  /(?<=[{;]\s*)(?:left|right)\s*:/g,
  /(?:text-align|float|clear)\s*:\s*(?:left|right)\b/g,
  /(?:translateX|translate3d|skewX)\(/g,
  // Four values name a right and a left; where the two are alike there is nothing to mirror.
  /(?:margin|padding|inset)\s*:\s*[^\s;]+ ([^\s;]+) [^\s;]+ (?!\1[;}\s])[^\s;}]+/g,
];

const sidesNamed = (css: string): string[] => {
  const told = css.replace(/\/\*[\s\S]*?\*\//g, "");
  return SIDES.flatMap((side) => told.match(side) ?? []);
};

test("a side that is named is found, one that follows the writing is not", () => {
  for (const named of ["a { margin-left: 1px; }", "a{left:0}", "a { text-align: right }", "a { padding: 1px 2px 3px 4px; }"]) {
    assert.equal(sidesNamed(named).length, 1, named);
  }
  assert.deepEqual(sidesNamed("a { margin-inline-start: 1px; text-align: start; padding: 1px 2px 3px 2px; /* left: 0 */ }"), []);
});

test("the shoppers' styles name no side", () => {
  for (const sheet of SHEETS) assert.deepEqual(sidesNamed(readFileSync(`src/${sheet}`, "utf-8")), [], sheet);
});
