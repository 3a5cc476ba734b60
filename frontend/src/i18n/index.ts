import { en } from './en';
import { i18n, type Language, type Tree } from './translate';

export * from './bans';
export * from './errors';
export * from './format';
export * from './line';
export * from './translate';

/** The side that each language is written from. */
export const writtenFrom: Record<Language, 'ltr' | 'rtl'> = { en: 'ltr', 'zh-CN': 'ltr' };

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
  if (!i18n.has(language)) {
    const { zhCN } = await import('./zh-CN');
    i18n.add(language, zhCN);
    if (wanted !== language) return;
  }
  document.documentElement.lang = language;
  document.documentElement.dir = writtenFrom[language];
  if (i18n.language !== language) i18n.speak(language);
}

// What was asked for last; an answer to an earlier wish that comes late changes nothing.
let wanted: Language = 'en';

/** Makes the translations ready; English is there at once, another language when the promise is kept. */
export function startTranslations(language: Language): Promise<void> {
  document.documentElement.lang = 'en';
  i18n.add('en', en);
  return setLanguage(language);
}

/** Adds English words of parts of the window that come late; their modules call it when they begin. */
export function addWords(words: Tree): void {
  i18n.add('en', words);
}
