import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CardReader } from "../src/kiosk/card_reader.ts";

const SECRET = "Ab0_-Cd1Ef2Gh3Ij4Kl5Mn";
const ADDRESS = `https://store.example/shopper#card=${SECRET}`;

/** What a reader hears of these keys, one each `apart_ms`; what each of them gave. */
function typed(keys: readonly string[], apart_ms = 5, reader = new CardReader(), from_ms = 0): (string | null)[] {
  return keys.map((key, i) => reader.hear(key, from_ms + i * apart_ms, false));
}
const burst = (text: string): string[] => [...text, "Enter"];

test("a card's address and Enter give its secret, once", () => {
  const heard = typed(burst(ADDRESS));
  assert.equal(heard.at(-1), SECRET);
  assert.equal(heard.filter((each) => each !== null).length, 1);
});
test("the keys a reader holds for capital letters are no letters", () => {
  const keys = burst(ADDRESS).flatMap((key) => (/[A-Z_#]/.test(key) && key.length === 1 ? ["Shift", key] : [key]));
  assert.equal(typed(keys).at(-1), SECRET);
});
test("half a burst never joins another", () => {
  const reader = new CardReader();
  typed([...ADDRESS.slice(0, 40)], 5, reader);
  assert.deepEqual(typed(burst(ADDRESS.slice(40)), 5, reader, 1000).filter((each) => each !== null), []);
  assert.equal(typed(burst(ADDRESS), 5, reader, 3000).at(-1), SECRET, "the next whole one is taken");
});
test("a burst that is too long, or holds what is no letter, is no card up to its Enter", () => {
  for (const spoilt of [["x".repeat(301)], ["\u0000"], ["Escape"], ["Tab"], ["é"]]) {
    const reader = new CardReader();
    const before = spoilt.length === 1 && spoilt[0]?.startsWith("xx") ? [...spoilt[0]] : spoilt;
    const isSpoilt = before[0] !== "é"; // a letter like any other, before the address
    assert.equal(typed([...before, ...burst(ADDRESS)], 1, reader).at(-1), isSpoilt ? null : SECRET, spoilt[0]?.slice(0, 8));
  }
});
test("keys with Control are commands, and spoil a burst", () => {
  const reader = new CardReader();
  reader.hear("a", 0, true);
  assert.equal(typed(burst(ADDRESS), 5, reader, 1).at(-1), null);
});
test("a person's typing is no burst, a reader's is", () => {
  const slow = new CardReader();
  typed([..."oat milk"], 90, slow);
  assert.equal(slow.isBurst, false);
  const fast = new CardReader();
  typed([...ADDRESS.slice(0, 8)], 5, fast);
  assert.equal(fast.isBurst, true);
});
test("whatever is typed, only a card's address right before Enter is a card", () => {
  const key = fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom("Shift", "Enter", "Escape", "Dead", "#card=", "Backspace"));
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.integer({ min: 0, max: 300 })), { maxLength: 400 }), (keys) => {
      const reader = new CardReader();
      let at = 0;
      for (const [each, after] of keys) assert.equal(reader.hear(each, (at += after), false), null);
      assert.equal(typed(burst(ADDRESS), 5, reader, at + 1000).at(-1), SECRET);
    }),
  );
});
