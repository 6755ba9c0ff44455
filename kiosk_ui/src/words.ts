/** Every word a person reads comes from a catalogue in messages/, formatted by ICU message syntax in the chosen language. */
import { effect, signal } from "@preact/signals";
import { IntlMessageFormat } from "intl-messageformat";
import de from "./messages/de.json" with { type: "json" };
import en from "./messages/en.json" with { type: "json" };

export type MessageKey = keyof typeof en;
export type Catalogue = Record<MessageKey, string>;
export type Arguments = Record<string, string | number | Date>;

/** A language is added by its catalogue and one line here; its own name is what people look for. */
export const catalogues: Record<string, { name: string; messages: Catalogue }> = {
  en: { name: "English", messages: en },
  de: { name: "Deutsch", messages: de },
};
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

export const language = signal("en");

export function chooseFirstKnown(wanted: readonly string[]): string {
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in catalogues) ?? "en";
}

export function directionOf(tag: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(tag) ? "rtl" : "ltr";
}

/** Whether there is a message of this name: names that come from the server may be newer than this page. */
export const isMessage = (key: string): key is MessageKey => Object.hasOwn(en, key);

const formatters = new Map<string, IntlMessageFormat>();

/** The message in the chosen language; reading it in a component redraws the component when the language changes. */
export function say(key: MessageKey, values: Arguments = {}): string {
  const tag = language.value;
  const known = formatters.get(`${tag} ${key}`);
  const formatter = known ?? new IntlMessageFormat((catalogues[tag]?.messages ?? en)[key], tag, undefined, { ignoreTag: true });
  if (!known) formatters.set(`${tag} ${key}`, formatter);
  return String(formatter.format(values));
}

/** Whole metres for a person on foot: exact below 10 m, in fives above, "1 m" at least. */
export function sayMetres(metres: number): string {
  const shown = metres < 10 ? Math.max(1, Math.round(metres)) : Math.round(metres / 5) * 5;
  return new Intl.NumberFormat(language.value, { style: "unit", unit: "meter", unitDisplay: "short" }).format(shown);
}

/** "10:42" today, with the day before it on any other day. */
export function sayInstant(at: string, now: Date = new Date()): string {
  const instant = new Date(at);
  const isToday = instant.toDateString() === now.toDateString();
  const day: Intl.DateTimeFormatOptions = isToday ? {} : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(language.value, { hour: "numeric", minute: "2-digit", ...day }).format(instant);
}

/** Keeps the page's own language and direction right, for fonts, hyphenation and screen readers. */
export function followLanguage(): void {
  language.value = chooseFirstKnown(navigator.languages);
  effect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dir = directionOf(language.value);
  });
}
