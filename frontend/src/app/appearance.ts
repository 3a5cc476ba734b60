import type { Theme } from '@/backend';
import { languageFor, setLanguage, startTranslations } from '@/i18n';
import { session } from '@/model';

// What first-paint.js reads before anything else runs.
const themeKey = 'tincan.theme';
const languageKey = 'tincan.language';

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage may be off; then the first frame follows the system, and the next one the setting.
  }
}

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const still = window.matchMedia('(prefers-reduced-motion: reduce)');

function shownTheme(theme: Theme): 'light' | 'dark' {
  if (theme !== 'system') return theme;
  return dark.matches ? 'dark' : 'light';
}

function apply(): void {
  const { status, settings } = session.getState();
  if (status !== 'ready') return;
  const root = document.documentElement;
  root.dataset.theme = shownTheme(settings.theme);
  root.dataset.motion = settings.still || still.matches ? 'less' : 'full';
  root.dataset.own = settings.ownLeft ? 'left' : 'right';
  root.dataset.density = settings.compact ? 'compact' : 'cosy';
  root.style.setProperty('--scale', String(settings.textSize));
  keep(themeKey, settings.theme);
  keep(languageKey, settings.language);
  void setLanguage(languageFor(settings.language, navigator.languages));
}

/**
 * Puts theme, text size, density, motion, sides and language on the document, now and whenever settings or the system change.
 * The promise is kept when the first words can be shown.
 */
export function startAppearance(): Promise<void> {
  document.documentElement.dataset.theme = shownTheme((read(themeKey) || 'system') as Theme);
  document.documentElement.dataset.motion = still.matches ? 'less' : 'full';
  let last = session.getState().settings;
  session.subscribe((state) => {
    if (state.settings === last) return;
    last = state.settings;
    apply();
  });
  for (const wish of [dark, still]) wish.addEventListener('change', apply);
  return startTranslations(languageFor(read(languageKey) || 'system', navigator.languages));
}
