import { useSyncExternalStore } from 'react';
import type { en } from './en';
import type { lateWords } from './en/late';

export type Language = 'en' | 'zh-CN';

/** Words by their keys, feature by feature. */
export type Tree = { readonly [key: string]: string | Tree };

type WithoutForm<Key extends string> = Key extends `${infer Base}_one` | `${infer Base}_other` ? Base : Key;
type Keys<Of> = {
  [Key in keyof Of & string]: Of[Key] extends string ? WithoutForm<Key> : `${Key}.${Keys<Of[Key]>}`;
}[keyof Of & string];

/** Names what can be said: `settings.title`; a plural without its form. */
export type Key = Keys<typeof en & typeof lateWords>;

/** What is filled in for `{{name}}`; `count` chooses the form of a plural, too. */
export type Values = Readonly<Record<string, string | number>>;

export type Translate = (key: Key, values?: Values) => string;

const words: Record<Language, Map<string, string>> = { en: new Map(), 'zh-CN': new Map() };
const listeners = new Set<() => void>();
let language: Language = 'en';
let plural = new Intl.PluralRules(language);
let grouped = new Intl.NumberFormat(language);
let reworded = (text: string) => text;

/** The text of a key in the language of the window, in English where it has none. */
function find(key: string, count?: unknown): string | undefined {
  const keys = typeof count === 'number' ? [`${key}_${plural.select(count)}`, `${key}_other`, key] : [key];
  for (const known of [words[language], words.en]) {
    const found = keys.find((each) => known.has(each));
    if (found !== undefined) return known.get(found);
  }
  return undefined;
}

/** As it is written within a text: a large count in groups, "2,000". */
function written(value: string | number | undefined, name: string): string {
  return name === 'count' && typeof value === 'number' ? grouped.format(value) : `${value ?? ''}`;
}

function translate(key: string, values: Values = {}): string {
  const text = find(key, values.count) ?? key;
  // One pass: what was filled in is never read again.
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => written(values[name], name));
}

function add(to: Map<string, string>, tree: Tree, prefix: string): void {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') to.set(prefix + key, reworded(value));
    else add(to, value, `${prefix}${key}.`);
  }
}

/** The words of the window. */
export const i18n = {
  t: translate as Translate,
  /** For keys that are put together of what comes from outside. */
  exists: (key: string): key is Key => find(key) !== undefined,
  get language(): Language {
    return language;
  },
  has: (wanted: Language) => words[wanted].size > 0,
  /** Adds words, in the place of those that have the same keys. */
  add: (to: Language, tree: Tree) => add(words[to], tree, ''),
  /** Says English differently, what is added later as well: for pseudo languages. */
  reword(how: (text: string) => string): void {
    reworded = how;
    for (const [key, text] of words.en) words.en.set(key, how(text));
    i18n.speak(language);
  },
  /** Everything is said in this language from now on, what is on the screen as well. */
  speak(next: Language): void {
    language = next;
    plural = new Intl.PluralRules(next);
    grouped = new Intl.NumberFormat(next);
    spoken = { t: (key, values) => translate(key, values) };
    for (const listener of listeners) listener();
  },
};

// Another function with each language: what was made with the last one is made again.
let spoken = { t: i18n.t };

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Words in a component, which is drawn again when the language changes. */
export const useTranslation = () => useSyncExternalStore(subscribe, () => spoken);
