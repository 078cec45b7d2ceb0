/// <reference lib="dom" />
import { refreshColours } from "./canvas/colours.ts";
import { find } from "./dom.ts";

const KEY = "osmem-report-theme";
const THEMES = ["auto", "light", "dark"] as const;
const NAMES = { auto: "Auto", light: "Light", dark: "Dark" } as const;
const DESCRIPTIONS = {
  auto: "as the system",
  light: "light",
  dark: "dark",
} as const;

type Theme = typeof THEMES[number];

/** Light, dark, or as the system: a button goes from one to the next. */
export function initialiseTheme(): void {
  const button = find(document, "[data-theme-button]");
  let theme = rememberedTheme();
  applyTheme(theme, button);
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
    rememberTheme(theme);
    applyTheme(theme, button);
  });
  matchMedia("(prefers-color-scheme: dark)")
    .addEventListener("change", refreshColours);
}

function applyTheme(theme: Theme, button: HTMLElement): void {
  document.documentElement.dataset.theme = theme;
  button.textContent = NAMES[theme];
  button.setAttribute("aria-label", `Colours: ${DESCRIPTIONS[theme]}`);
  refreshColours();
}

/** A page of a file may have no storage: then the choice lasts as long as the page. */
function rememberedTheme(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return THEMES.find((known) => known === theme) ?? "auto";
  } catch {
    return "auto";
  }
}

function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    return;
  }
}
