import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import type { lateWords } from './en/late';

export { useTranslation } from 'react-i18next';
export * from './bans';
export * from './errors';
export * from './format';
export * from './line';

export type Language = 'en' | 'zh-CN';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en & typeof lateWords };
    returnNull: false;
  }
}

/** The language for a setting of "system", "en" or "zh-CN": the first of the system's that the interface has. */
export function languageFor(setting: string, system: readonly string[]): Language {
  for (const wanted of setting === 'system' ? system : [setting]) {
    const tag = wanted.toLowerCase();
    if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-CN';
    if (tag === 'en' || tag.startsWith('en-')) return 'en';
  }
  return 'en';
}

/**
 * Sets the language of all words and numbers, and of the document, with the side that it is written from. Words other
 * than English are a file of their own: they are asked for by those who read them, and the first file stays Latin 1,
 * which a script engine keeps in half the memory.
 */
export async function setLanguage(language: Language): Promise<void> {
  wanted = language;
  if (language === 'zh-CN' && !i18next.hasResourceBundle(language, 'translation')) {
    const { zhCN } = await import('./zh-CN');
    i18next.addResourceBundle(language, 'translation', zhCN);
    if (wanted !== language) return;
  }
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
  if (i18next.language !== language) await i18next.changeLanguage(language);
}

// What was asked for last; an answer to an earlier wish that comes late changes nothing.
let wanted: Language = 'en';

/** Makes the translations ready; English is there at once, another language when the promise is kept. */
export function startTranslations(language: Language): Promise<void> {
  document.documentElement.lang = 'en';
  void i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
  return setLanguage(language);
}

/** Adds English words of parts of the window that come late; their modules call it when they begin. */
export function addWords(words: object): void {
  i18next.addResourceBundle('en', 'translation', words, true, true);
}

export { i18next };
