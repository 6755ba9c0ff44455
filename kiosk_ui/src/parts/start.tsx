import { type ComponentType, h, render } from "preact";
import "../base.css";
import { followTheme } from "../theme.ts";
import { followLanguage, say } from "../words.ts";

/** Puts a page's screen into its place, with language and theme following the person. */
export function start(Screen: ComponentType): void {
  followLanguage();
  followTheme();
  const place = document.getElementById("screen");
  if (place) render(h(Screen, {}), place);
}

/** Before the first answer. */
export function Loading() {
  return (
    <main class="page">
      <h1 class="only-spoken">{say("app.name")}</h1>
      <p role="status">{say("app.loading")}</p>
    </main>
  );
}
