import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, test } from "node:test";
import { IntlMessageFormat } from "intl-messageformat";
import de from "../src/messages/de.json" with { type: "json" };
import en from "../src/messages/en.json" with { type: "json" };
import storeDe from "../src/messages/store/de.json" with { type: "json" };
import storeEn from "../src/messages/store/en.json" with { type: "json" };
import { chooseFirstKnown, directionOf, say, sayInstant, sayMetres, speak } from "../src/words.ts";

beforeEach(async () => {
  await speak("en");
});

function placeholders(message: string): string[] {
  const names = new Set<string>();
  const visit = (elements: readonly { value?: unknown; options?: Record<string, { value: readonly object[] }> }[]): void => {
    for (const element of elements) {
      if ("type" in element && element.type !== 0 && typeof element.value === "string") names.add(element.value);
      for (const option of Object.values(element.options ?? {})) visit(option.value);
    }
  };
  visit(new IntlMessageFormat(message, "en", undefined, { ignoreTag: true }).getAst() as never);
  return [...names].sort();
}

const all = { shoppers: { en, de }, store: { en: storeEn, de: storeDe } };

test("every language has every message with the same values in it", () => {
  for (const [group, catalogues] of Object.entries(all)) {
    const english: Record<string, string> = catalogues.en;
    for (const [tag, messages] of Object.entries<Record<string, string>>(catalogues)) {
      assert.deepEqual(Object.keys(messages), Object.keys(english), `${group} ${tag}`);
      for (const [key, message] of Object.entries(messages)) {
        assert.deepEqual(placeholders(message), placeholders(english[key] ?? ""), `${tag} ${key}`);
      }
    }
  }
});

test("no message is in both groups: which of the two is said would be chance", () => {
  assert.deepEqual(
    Object.keys(en).filter((key) => key in storeEn),
    [],
  );
});

/** All files of a page, and what each says by name. */
function saidBy(entry: string): Map<string, string> {
  const said = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = readFileSync(file, "utf-8");
    for (const [, key] of source.matchAll(/\bsay\(\s*"([a-z_.]+)"/g)) if (key) said.set(key, file);
    for (const [, path] of source.matchAll(/from "(\.[^"]+\.tsx?)"/g)) if (path) visit(join(dirname(file), path));
  };
  visit(entry);
  return said;
}

test("what shoppers' pages say is in the catalogues they load", () => {
  for (const page of ["front", "kiosk", "shopper"]) {
    for (const [key, file] of saidBy(`src/${page}/main.tsx`)) assert.ok(key in en, `${file} says ${key}`);
  }
});

test("the first language we know is chosen, English where we know none", () => {
  assert.equal(chooseFirstKnown(["fr-CH", "de-CH", "en"]), "de");
  assert.equal(chooseFirstKnown(["fr"]), "en");
  assert.equal(chooseFirstKnown([]), "en");
});

test("Arabic runs from right to left", () => {
  assert.equal(directionOf("ar"), "rtl");
  assert.equal(directionOf("de"), "ltr");
});

test("metres are whole below ten, fives above, and never nothing", () => {
  assert.equal(sayMetres(0.2), "1 m");
  assert.equal(sayMetres(9.4), "9 m");
  assert.equal(sayMetres(12.4), "10 m");
  assert.equal(sayMetres(13), "15 m");
});

test("numbers follow the language's plural", () => {
  assert.equal(say("kiosk.list_left", { count: 0 }), "all done");
  assert.equal(say("kiosk.found", { count: 1 }), "1 product found");
  assert.equal(say("kiosk.found", { count: 2 }), "2 products found");
});

test("an instant of today is a time, one of another day carries its date", async () => {
  await speak("de");
  const now = new Date(2026, 10, 24, 12, 0);
  assert.equal(sayInstant(new Date(2026, 10, 24, 10, 42).toISOString(), now), "10:42");
  assert.match(sayInstant(new Date(2026, 10, 20, 10, 42).toISOString(), now), /20\. Nov/);
});

test("a language chosen while another is on its way is the one that is spoken", async () => {
  const german = speak("de");
  await speak("en");
  await german;
  assert.equal(say("kiosk.next"), "Next");
});
