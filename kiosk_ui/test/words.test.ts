import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, test } from "node:test";
import { IntlMessageFormat } from "intl-messageformat";
import ar from "../src/messages/ar.json" with { type: "json" };
import de from "../src/messages/de.json" with { type: "json" };
import en from "../src/messages/en.json" with { type: "json" };
import es from "../src/messages/es.json" with { type: "json" };
import fr from "../src/messages/fr.json" with { type: "json" };
import zh from "../src/messages/zh.json" with { type: "json" };
import storeDe from "../src/messages/store/de.json" with { type: "json" };
import storeEn from "../src/messages/store/en.json" with { type: "json" };
import { LANGUAGES, chooseFirstKnown, directionOf, say, sayInstant, sayMetres, speak } from "../src/words.ts";

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

const all = { shoppers: { en, de, fr, es, ar, zh }, store: { en: storeEn, de: storeDe } };

interface Branching {
  value: string;
  options: Record<string, { value: readonly Branching[] }>;
  pluralType?: string;
}

/** Each choice a message makes, inner ones as well: by what, and between which. */
function branchings(message: string): Branching[] {
  const visit = (elements: readonly Branching[]): Branching[] =>
    elements.flatMap((each) => (each.options ? [each, ...Object.values(each.options).flatMap(({ value }) => visit(value))] : []));
  return visit(new IntlMessageFormat(message, "en", undefined, { ignoreTag: true }).getAst() as never);
}

/** What is chosen between, apart from plurals, which are each language's own. */
const choices = (message: string): string[] =>
  [...new Set(branchings(message).flatMap((each) => (each.pluralType ? [] : [`${each.value}: ${Object.keys(each.options).sort()}`])))].sort();

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

test("shoppers choose between the same things in every language", () => {
  assert.deepEqual(Object.keys(all.shoppers).sort(), Object.keys(LANGUAGES).sort());
  for (const [tag, messages] of Object.entries<Record<string, string>>(all.shoppers)) {
    for (const [key, message] of Object.entries(messages)) {
      assert.deepEqual(choices(message), choices((en as Record<string, string>)[key] ?? ""), `${tag} ${key}`);
    }
  }
});

test("every count is said by a plural of its own language, and none by one that language has not", () => {
  for (const [tag, messages] of Object.entries<Record<string, string>>(all.shoppers)) {
    const rules = new Intl.PluralRules(tag);
    const counts = Array.from({ length: 200 }, (_, i) => i);
    for (const [key, message] of Object.entries(messages)) {
      if (key === "way.turn") continue; // openings are named, the first to the fifth, and not counted
      for (const { options } of branchings(message).filter((each) => each.pluralType)) {
        const exact = Object.keys(options).filter((name) => name.startsWith("=")).map((name) => Number(name.slice(1)));
        const wanted = new Set(counts.filter((count) => !exact.includes(count)).map((count) => rules.select(count)));
        for (const category of [...wanted, "other"]) assert.ok(category in options, `${tag} ${key}: ${category}`);
        const known = rules.resolvedOptions().pluralCategories;
        for (const name of Object.keys(options)) assert.ok(name.startsWith("=") || known.includes(name as never), `${tag} ${key}: ${name}`);
      }
    }
  }
});

test("no message is empty, and only names and signs are the same as in English", () => {
  const alike = /^[\p{P}\s]*\{note\}[\p{P}\s]*$|^(Aisleway|Orange|Suggestions|PIN|N|triangle|Stop|Kiosk)$/u;
  for (const [tag, messages] of Object.entries<Record<string, string>>(all.shoppers)) {
    for (const [key, message] of Object.entries(messages)) {
      assert.notEqual(message.trim(), "", `${tag} ${key}`);
      const english = (en as Record<string, string>)[key] ?? "";
      if (tag !== "en" && message === english) assert.match(message, alike, `${tag} ${key}`);
    }
  }
});

test("Arabic counts in six ways", async () => {
  await speak("ar");
  const said = [0, 1, 2, 3, 11, 100].map((seconds) => say("kiosk.idle_detail", { seconds }));
  assert.equal(new Set(said.map((words) => words.replace(/[\d٠-٩]+/, ""))).size, 5); // 11 and 100 differ in nothing but the number here
  assert.match(said[2] ?? "", /ثانيتين/);
  assert.match(said[3] ?? "", /ثوانٍ/);
});

test("a Latin name amid Arabic keeps its own direction, and what is chosen by stays what it is", async () => {
  await speak("ar");
  assert.equal(say("guidance.go_sure", { turn: "left", name: "Müsli 500 g" }), "اذهب يسارًا إلى \u2068Müsli 500 g\u2069");
  await speak("fr");
  assert.equal(say("guidance.go_sure", { turn: "left", name: "Müsli 500 g" }), "À gauche : Müsli 500 g");
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
  assert.equal(chooseFirstKnown(["fr-CH", "de-CH", "en"]), "fr");
  assert.equal(chooseFirstKnown(["it-CH", "de-CH", "en"]), "de");
  assert.equal(chooseFirstKnown(["zh-Hans-CN"]), "zh");
  assert.equal(chooseFirstKnown(["it"]), "en");
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
