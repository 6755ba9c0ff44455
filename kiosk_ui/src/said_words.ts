/** What the server says of a plan or a step, in its reader's language: it names the sentence, and what stands in it. */
import type { PlanProblem } from "./wire.gen.ts";
import { isMessage, say } from "./words.ts";

type Figures = PlanProblem["figures"];

/** Parts of a file a sentence can be about; each is said before it. */
const BEFORE = ["in_line", "in_file"] as const;

/** Names of types are words of the screen, not of the file. */
function named({ feature_type, ...figures }: Figures): Figures {
  if (feature_type === undefined) return figures;
  const key = `editor.type_${feature_type}`;
  return { ...figures, feature_type: isMessage(key) ? say(key) : feature_type };
}

/** The server's English for a message this screen does not know: it may be older than the server. */
export function saidWords(message: string, figures: Figures, english: string): string {
  const key = `problem.${message}`;
  if (!isMessage(key)) return english;
  let text = say(key, named(figures));
  for (const part of BEFORE) {
    const value = figures[part];
    if (value !== undefined) text = say(`problem.${part}`, { [part]: value, words: text });
  }
  return text;
}

export const problemWords = ({ message, figures, words }: PlanProblem): string => saidWords(message, figures, words);
