/**
 * Tells a card reader from a person, by its keys alone: such a reader types what it read, faster than anybody can, and ends with
 * Enter. It is told in keys and instants, and knows nothing of the page. Pure.
 */

/** What a reader types comes closer together than this; a longer pause begins anew, so half a burst never joins another. */
const PAUSE_MS = 120;
/** Nobody types so many letters one after the other with so little time between each two. */
const FAST_MS = 40;
const FAST_KEYS = 6;
/** An address on a card has less than a hundred letters. */
const MOST_LETTERS = 300;
/** What readers press for capital letters. */
const SILENT = new Set(["Shift", "CapsLock", "AltGraph"]);
/** The end of the address that the desk prints. */
const CARD = /[#&]card=([A-Za-z0-9_-]{22})$/;

export class CardReader {
  #text = "";
  #isSpoilt = false;
  #fastKeys = 0;
  #heardAt = -Infinity;

  /** No person types like this: what comes belongs into no field. */
  get isBurst(): boolean {
    return this.#fastKeys >= FAST_KEYS;
  }

  /** Nothing was heard yet of what is being typed. */
  get isAtStart(): boolean {
    return this.#text === "" && !this.#isSpoilt;
  }

  /**
   * The secret of the card where this key ends one, null otherwise.
   *
   * @param key as `KeyboardEvent.key` has it
   * @param at_ms on any steady clock
   * @param isCommand held with Control, Alt or Meta, or repeated because it stayed down: no letter
   */
  hear(key: string, at_ms: number, isCommand: boolean): string | null {
    this.pauseUntil(at_ms);
    this.#fastKeys = at_ms - this.#heardAt < FAST_MS && !isCommand ? this.#fastKeys + 1 : 0;
    this.#heardAt = at_ms;
    if (SILENT.has(key)) return null;
    if (key === "Enter") {
      const read = this.#isSpoilt ? null : (CARD.exec(this.#text)?.[1] ?? null);
      this.#begin();
      return read;
    }
    const isLetter = key.length === 1 && key >= " " && !isCommand && this.#text.length < MOST_LETTERS;
    if (isLetter) this.#text += key;
    else this.#spoil();
    return null;
  }

  /** Begins anew after a pause. */
  pauseUntil(at_ms: number): void {
    if (at_ms - this.#heardAt > PAUSE_MS) this.#begin();
  }

  #begin(): void {
    this.#text = "";
    this.#isSpoilt = false;
  }

  /** Nothing up to the next pause or Enter is a card. */
  #spoil(): void {
    this.#text = "";
    this.#isSpoilt = true;
  }
}
