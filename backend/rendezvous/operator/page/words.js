// Words in English and Chinese. "{name}" stands for a value.
import { en } from './words-en.js';
import { zh } from './words-zh.js';

const tables = { en, zh };
const kept = 'tincan.operator.language';
let chosen = first();

function first() {
  try {
    const before = localStorage.getItem(kept);
    if (before in tables) return before;
  } catch {
    // Storage may be off; the system's choice is good enough then.
  }
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** "en" or "zh" */
export const language = () => chosen;

/** Chooses a language and remembers it. */
export function speak(name) {
  chosen = name;
  try {
    localStorage.setItem(kept, name);
  } catch {
    // Then it is asked again next time.
  }
}

/** The words of a key. With n there may be words of their own for one: "key.one". */
export function t(key, values = {}) {
  const one = values.n === 1 ? tables[chosen][`${key}.one`] : undefined;
  const text = one ?? tables[chosen][key] ?? tables.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** Whether there are words of a key. */
export const has = (key) => key in tables[chosen];

/** What to say about a call that failed. */
export function sentence(error) {
  const code = error.detail?.code;
  if (code && has(`refused.${code}`)) return t(`refused.${code}`, error.detail.values ?? {});
  if (has(`failed.${error.code}`)) return t(`failed.${error.code}`);
  return error.message || t('failed.unknown');
}
