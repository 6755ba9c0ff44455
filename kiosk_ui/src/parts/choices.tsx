import { LANGUAGES, language, say, speak, spokenHere } from "../words.ts";
import { THEMES, theme } from "../theme.ts";

/** Each language by its own name, one tap each. */
export function LanguageRow() {
  return (
    <div class="row tight languages" role="group" aria-label={say("app.choose_language")}>
      {spokenHere().map((tag) => (
        <button type="button" lang={tag} aria-pressed={language.value === tag} onClick={() => void speak(tag)}>
          {LANGUAGES[tag]}
        </button>
      ))}
    </div>
  );
}

export function ThemeChoice() {
  return (
    <select
      class="theme-choice"
      aria-label={say("app.theme")}
      value={theme.value}
      onChange={(event) => (theme.value = THEMES.find((known) => known === event.currentTarget.value) ?? "auto")}
    >
      {THEMES.map((known) => (
        <option value={known}>{say(`app.theme_${known}`)}</option>
      ))}
    </select>
  );
}
