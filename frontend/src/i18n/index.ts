import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en';
import { zhCN } from './zh-CN';

export { useTranslation } from 'react-i18next';
export * from './errors';
export * from './format';
export * from './line';

export type Language = 'en' | 'zh-CN';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
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

/** Sets the language of all words and numbers, and of the document. */
export function setLanguage(language: Language): void {
  document.documentElement.lang = language;
  if (i18next.language !== language) void i18next.changeLanguage(language);
}

/** Makes the translations ready; everything is bundled, so nothing is awaited. */
export function startTranslations(language: Language): void {
  document.documentElement.lang = language;
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en }, 'zh-CN': { translation: zhCN } },
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
}

export { i18next };
