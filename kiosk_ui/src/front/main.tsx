import { LanguageRow, ThemeChoice } from "../parts/choices.tsx";
import { start } from "../parts/start.tsx";
import { type MessageKey, say } from "../words.ts";

const SCREENS: readonly [path: string, words: MessageKey][] = [
  ["/kiosk", "front.kiosk"],
  ["/shopper", "front.shopper"],
  ["/desk", "front.desk"],
  ["/staff", "front.staff"],
  ["/manager", "front.manager"],
];

/** The way to every screen, for whoever opens the store's bare address. */
function Front() {
  return (
    <>
      <header class="bar">
        <LanguageRow />
        <ThemeChoice />
      </header>
      <main class="page narrow stack">
        <h1>{say("front.title")}</h1>
        <nav class="stack" aria-label={say("front.title")}>
          {SCREENS.map(([path, words]) => (
            <a class="button" href={path}>
              {say(words)}
            </a>
          ))}
        </nav>
      </main>
    </>
  );
}

start(Front);
