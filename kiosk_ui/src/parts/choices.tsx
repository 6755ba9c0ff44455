import { Contrast, Moon, Sun, SunMoon } from "lucide";
import { LANGUAGES, language, say, speak, spokenHere } from "../words.ts";
import { THEMES, theme } from "../theme.ts";
import { Icon } from "./icon.tsx";

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

const THEME_ICONS = { auto: SunMoon, light: Sun, dark: Moon, contrast: Contrast };

/** In words beside its sign where there is room, as the sign alone on a phone: its name is spoken either way. */
export function ThemeChoice() {
  return (
    <span class="theme">
      <Icon of={THEME_ICONS[theme.value]} />
      <select
        class="theme-choice"
        data-testid="theme"
        aria-label={say("app.theme")}
        value={theme.value}
        onChange={(event) => (theme.value = THEMES.find((known) => known === event.currentTarget.value) ?? "auto")}
      >
        {THEMES.map((known) => (
          <option value={known}>{say(`app.theme_${known}`)}</option>
        ))}
      </select>
    </span>
  );
}
