/** Reading the guidance aloud, by voices that live in this kiosk: a voice in the network would be told where a shopper goes. */
import { effect, signal } from "@preact/signals";
import { isToTill, sayGuidance, sayWay } from "../guidance_words.ts";
import type { Guidance } from "../wire.gen.ts";
import { language } from "../words.ts";
import { type Listening, listening } from "./showing.ts";

const voices = signal<readonly SpeechSynthesisVoice[]>([]);

type Voice = Pick<SpeechSynthesisVoice, "lang" | "localService" | "default">;

/** The voice of this machine for a language; null where it has none. */
export function localVoice<Each extends Voice>(known: readonly Each[], tag: string): Each | null {
  const fitting = known.filter(({ lang, localService }) => localService && lang.slice(0, 2).toLowerCase() === tag);
  return fitting.find((voice) => voice.default) ?? fitting[0] ?? null;
}

/** What is said: to the room the turns alone, to a headset what is written. */
export function spokenGuidance(guidance: Guidance, to: Listening): string {
  const way = sayWay(guidance).map(({ words, walk }) => (walk === "" ? words : `${words}, ${walk}`));
  const { title } = sayGuidance(guidance);
  const isNobodysSecret = isToTill(guidance) && guidance.certainty !== "unknown";
  const first = to === "headset" || isNobodysSecret ? [title] : [];
  return [...first, ...way].map((sentence) => `${sentence}.`).join(" ");
}

/** Whether there is a voice for the language on the screen: without one nothing is offered. */
export const canSpeak = (): boolean => localVoice(voices.value, language.value) !== null;

function say(words: string): void {
  speechSynthesis.cancel();
  const voice = localVoice(voices.peek(), language.peek());
  if (words === "" || voice === null) return;
  const utterance = new SpeechSynthesisUtterance(words);
  utterance.voice = voice;
  utterance.lang = voice.lang;
  speechSynthesis.speak(utterance);
}

/** Says each instruction once, when it is new; silence at once when it is switched off or nobody is there. */
export function keepSpeaking(guidance: () => Guidance | null): void {
  if (!("speechSynthesis" in window)) return;
  const look = (): void => void (voices.value = speechSynthesis.getVoices());
  look();
  speechSynthesis.addEventListener("voiceschanged", look);
  let said = "";
  effect(() => {
    const now = guidance();
    if (listening.value === "off" || now === null) {
      if (said !== "") speechSynthesis.cancel();
      said = "";
      return;
    }
    // Metres go down with each step: they are no reason to begin anew.
    const crossings = now.crossings.map(({ means, to_level }) => `${means} ${to_level.level_id}`);
    const instruction = [listening.value, language.value, now.kind, now.certainty, now.next_item?.sku, now.turn, ...crossings].join(" ");
    if (instruction === said) return;
    said = instruction;
    say(spokenGuidance(now, listening.value));
  });
}
