/** How long somebody must have been at school to read the English of the shoppers' screens and of the notice. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fleschKincaid } from "flesch-kincaid";
import { IntlMessageFormat } from "intl-messageformat";
import { syllable } from "syllable";
import en from "../src/messages/en.json" with { type: "json" };
import type { Notice } from "../src/wire.gen.ts";

const MOST_GRADE = 6;
/** The formula was made for running text: below this a single long word decides it. There the longest word counts instead. */
const FEWEST_WORDS = 8;
/** As in "predictions" or "suggestions", the names of two switches. */
const MOST_SYLLABLES = 3;

interface Part {
  type: number;
  value: string;
  options?: Record<string, { value: Part[] }>;
}

const LITERAL = 0;

/** Every sentence a message can become; names and numbers are a short word each, as they are not ours to choose. */
function sentences(parts: readonly Part[]): string[] {
  return parts.reduce<string[]>(
    (before, part) => {
      const branches = part.options ? Object.values(part.options).flatMap(({ value }) => sentences(value)) : null;
      const next = branches ?? [part.type === LITERAL ? part.value : "bread"];
      return before.flatMap((start) => next.map((end) => start + end));
    },
    [""],
  );
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}][\p{L}\p{N}’'-]*/gu) ?? [];
const syllablesOf = (word: string): number => Math.max(1, syllable(word));

function gradeOf(text: string): number {
  const words = wordsOf(text);
  const ends = text.match(/[.!?](?=\s|$)/g)?.length ?? 0;
  const counts = {
    word: words.length,
    sentence: ends + (/[.!?]\s*$/.test(text) ? 0 : 1),
    syllable: words.reduce((sum, word) => sum + syllablesOf(word), 0),
  };
  return fleschKincaid(counts);
}

/** Prints the grade, and says what is too hard about it; null where nothing is. */
function judged(name: string, text: string): string | null {
  const words = wordsOf(text);
  if (words.length >= FEWEST_WORDS) {
    const grade = gradeOf(text);
    console.log(`${grade.toFixed(1).padStart(5)}  ${name}: ${text}`);
    return grade > MOST_GRADE ? `${name}: grade ${grade.toFixed(1)}: ${text}` : null;
  }
  const longest = words.reduce((found, word) => (syllablesOf(word) > syllablesOf(found) ? word : found), "");
  console.log(`${gradeOf(text).toFixed(1).padStart(5)}  ${name}, short, ${syllablesOf(longest)} syllables: ${text}`);
  return syllablesOf(longest) > MOST_SYLLABLES ? `${name}: “${longest}” has ${syllablesOf(longest)} syllables` : null;
}

test("the hardest text known to this formula is told from the easiest", () => {
  assert.ok(gradeOf("The cat sat on the mat. The dog sat by the door.") < 1);
  assert.ok(gradeOf("The controller's legitimate interest necessitates retention of identifiable positional information.") > 15);
});

test("every message of the shoppers' screens is read after six years at school", () => {
  const hard: string[] = [];
  for (const [key, message] of Object.entries(en)) {
    if (key.startsWith("front.") || key.startsWith("kiosk.pair_")) continue; // read by those who set a screen up
    const ast = new IntlMessageFormat(message, "en", undefined, { ignoreTag: true }).getAst() as unknown as Part[];
    // The hardest of a message's sentences stands for it.
    const hardest = sentences(ast).sort((a, b) => gradeOf(b) - gradeOf(a))[0] ?? "";
    const trouble = judged(key, hardest);
    if (trouble) hard.push(trouble);
  }
  assert.deepEqual(hard, []);
});

test("every paragraph of the notice is read after six years at school", () => {
  const program = "from store_server.domain.notices import notice; print(notice('en', 'the shop').model_dump_json())";
  const told = execFileSync(process.env["PYTHON"] ?? ".venv/bin/python", ["-c", program], { cwd: "..", encoding: "utf-8" });
  const { promises, purposes } = JSON.parse(told) as Notice;
  // A switch's four texts are read together, one below the other.
  const paragraphs = [...promises, ...purposes.map(({ sentence, why, data, kept }) => [sentence, why, data, kept].join(" "))];
  assert.equal(paragraphs.length, 9 + 5);
  assert.deepEqual(paragraphs.map((text, i) => judged(`notice ${i + 1}`, text)).filter((trouble) => trouble !== null), []);
});
