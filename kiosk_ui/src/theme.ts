/** Light, dark or high contrast: the person's own setting unless they choose here. The choice stays on this page only. */
import { effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark" | "contrast";
export const THEMES: readonly Theme[] = ["auto", "light", "dark", "contrast"];
export const theme = signal<Theme>("auto");

export function followTheme(): void {
  effect(() => {
    if (theme.value === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme.value;
  });
}
