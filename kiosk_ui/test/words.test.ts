import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { IntlMessageFormat } from "intl-messageformat";
import { catalogues, chooseFirstKnown, directionOf, language, say, sayInstant, sayMetres } from "../src/words.ts";

beforeEach(() => {
  language.value = "en";
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

test("every language has every message with the same values in it", () => {
  const english = catalogues["en"]?.messages ?? {};
  for (const [tag, { messages }] of Object.entries(catalogues)) {
    assert.deepEqual(Object.keys(messages), Object.keys(english), tag);
    for (const [key, message] of Object.entries(messages)) {
      assert.deepEqual(placeholders(message), placeholders(english[key as keyof typeof english] ?? ""), `${tag} ${key}`);
    }
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

test("an instant of today is a time, one of another day carries its date", () => {
  language.value = "de";
  const now = new Date(2026, 10, 24, 12, 0);
  assert.equal(sayInstant(new Date(2026, 10, 24, 10, 42).toISOString(), now), "10:42");
  assert.match(sayInstant(new Date(2026, 10, 20, 10, 42).toISOString(), now), /20\. Nov/);
});
