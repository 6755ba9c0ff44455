/** Every word a person reads comes from a catalogue in messages/, formatted by ICU message syntax in the chosen language. */
import { effect, signal } from "@preact/signals";
import { IntlMessageFormat } from "intl-messageformat";
import en from "./messages/en.json" with { type: "json" };
import type storeEn from "./messages/store/en.json";

/** What shoppers read is in messages/, what the store's people read in messages/store/: a kiosk loads the first only. */
export type MessageKey = keyof typeof en | keyof typeof storeEn;
export type Messages = Partial<Record<MessageKey, string>>;
export type Arguments = Record<string, string | number | Date>;

/** The messages of one group of screens, each language fetched when somebody chooses it. English is always there. */
export interface Group {
  readonly english: Messages;
  readonly loaders: Readonly<Record<string, () => Promise<{ default: Messages }>>>;
}

/** Each language by its own name, which is what people look for. */
export const LANGUAGES: Readonly<Record<string, string>> = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  es: "Español",
  ar: "العربية",
  zh: "中文",
};
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

const shoppers: Group = {
  english: en,
  loaders: {
    de: () => import("./messages/de.json"),
    fr: () => import("./messages/fr.json"),
    es: () => import("./messages/es.json"),
    ar: () => import("./messages/ar.json"),
    zh: () => import("./messages/zh.json"),
  },
};
const groups: Group[] = [shoppers];
const loaded = new Map<string, Messages>([["en", { ...en }]]);
const formatters = new Map<string, IntlMessageFormat>();

/** Changed by `speak` alone, which first fetches what is said in it. */
export const language = signal("en");

/** For screens that say more than shoppers' screens do; before the first word is said. */
export function addGroup(group: Group): void {
  groups.push(group);
  loaded.set("en", { ...loaded.get("en"), ...group.english });
}

/** Languages that have all words of this page. */
export function spokenHere(): string[] {
  return Object.keys(LANGUAGES).filter((tag) => tag === "en" || groups.every(({ loaders }) => tag in loaders));
}

export function chooseFirstKnown(wanted: readonly string[], known: readonly string[] = spokenHere()): string {
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => known.includes(tag)) ?? "en";
}

export function directionOf(tag: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(tag) ? "rtl" : "ltr";
}

/** Whether there is a message of this name: names that come from the server may be newer than this page. */
export const isMessage = (key: string): key is MessageKey => Object.hasOwn(loaded.get("en") ?? {}, key);

let wanted = "en";

/** Goes over to a language. Where its words cannot be fetched, the one spoken so far stays. */
export async function speak(tag: string): Promise<void> {
  wanted = tag;
  if (!loaded.has(tag)) {
    const parts = await Promise.all(groups.map(({ loaders }) => loaders[tag]?.())).catch(() => null);
    if (parts === null) return;
    loaded.set(tag, Object.assign({}, ...parts.map((part) => part?.default)) as Messages);
  }
  if (wanted === tag) language.value = tag; // somebody may have chosen another meanwhile
}

type Element = ReturnType<IntlMessageFormat["getAst"]>[number];
type Branches = Record<string, { value: Element[] }>;
const ARGUMENT = 1;
const literal = (value: string): Element => ({ type: 0, value }) as Element;

/** A Latin name amid Arabic words keeps its own direction, and the comma beside it stays beside it: by Unicode's isolates. */
function isolated(elements: Element[]): Element[] {
  return elements.flatMap((element) => {
    if ((element.type as number) === ARGUMENT) return [literal("\u2068"), element, literal("\u2069")];
    if (!("options" in element)) return [element];
    const branches = Object.entries(element.options as Branches).map(([name, branch]) => [name, { ...branch, value: isolated(branch.value) }]);
    return [{ ...element, options: Object.fromEntries(branches) } as Element];
  });
}

function makeFormatter(message: string, tag: string): IntlMessageFormat {
  const formatter = new IntlMessageFormat(message, tag, undefined, { ignoreTag: true });
  return directionOf(tag) === "ltr" ? formatter : new IntlMessageFormat(isolated(formatter.getAst()), tag);
}

/** The message in the chosen language; reading it in a component redraws the component when the language changes. */
export function say(key: MessageKey, values: Arguments = {}): string {
  const tag = language.value;
  const known = formatters.get(`${tag} ${key}`);
  const message = loaded.get(tag)?.[key] ?? loaded.get("en")?.[key] ?? key;
  const formatter = known ?? makeFormatter(message, tag);
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
  void speak(chooseFirstKnown(navigator.languages));
  effect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dir = directionOf(language.value);
  });
}
