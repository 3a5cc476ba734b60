import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { en } from './en';
import { lateWords } from './en/late';
import { errorText, i18n, languageFor, problemText, setLanguage } from './index';
import { zhCN } from './zh-CN';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text);
  }
  return all;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return path.endsWith('/i18n/en') || path.endsWith('/i18n/zh-CN') ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name) ? [path] : [];
  });
}

const english = flat({ ...en, ...lateWords });
const chinese = flat(zhCN);
const base = (key: string) => key.replace(/_(one|other)$/, '');
const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe('words', () => {
  it('are there in both languages', () => {
    const missing = [...english.keys()].filter((key) => !key.endsWith('_one') && !chinese.has(key));
    const extra = [...chinese.keys()].filter((key) => !english.has(key));
    expect({ missing, extra }).toEqual({ missing: [], extra: [] });
    const singular = [...english.keys()].filter((key) => key.endsWith('_one') && !english.has(`${base(key)}_other`));
    expect(singular).toEqual([]);
  });

  it('are not empty, fill in the same values, and keep to plain speech', () => {
    for (const [key, text] of chinese) {
      expect(text.trim(), key).not.toBe('');
      const original = english.get(key) ?? '';
      expect(values(text), key).toEqual(values(original));
    }
    for (const [key, text] of english) expect(text, key).not.toMatch(/!|\b(please|oops|sorry|session|payload)\b/i);
  });

  it('are used, every one, and none is used that is missing', () => {
    const code = sources(join(import.meta.dirname, '..'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const literals = new Set([...code.matchAll(/['"`]([a-z]\w*(?:\.[\w-]+)+)['"`]/gi)].map((match) => match[1] ?? ''));
    // A key that is put together stands for those that it can become, each part a name without a dot.
    const made = [...code.matchAll(/`([a-z]\w*\.(?:[\w.-]|\$\{[^{}]*\})*)`/gi)]
      .map((match) => match[1] ?? '')
      .filter((key) => key.includes('${'))
      .map((key) => new RegExp(`^${key.replaceAll('.', '\\.').replace(/\$\{[^{}]*\}/g, '[\\w-]+')}$`));
    made.push(/^errors\./, /^problems\./);
    const known = new Set([...english.keys()].map(base));
    const unused = [...known].filter((key) => !literals.has(key) && !made.some((pattern) => pattern.test(key)));
    expect(unused).toEqual([]);
    const asked = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    expect(asked.filter((key) => !known.has(key))).toEqual([]);
  });
});

describe('plurals and numbers', () => {
  afterEach(() => setLanguage('en'));

  it('have every form of the language, and no other', () => {
    for (const [language, all] of [
      ['en', english],
      ['zh-CN', chinese],
    ] as const) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const counted = new Set([...all.keys()].filter((key) => /_(zero|one|two|few|many|other)$/.test(key)).map(base));
      expect(counted.size).toBeGreaterThan(30);
      for (const key of counted) {
        const there = [...all.keys()]
          .filter((form) => form.startsWith(`${key}_`))
          .map((form) => form.slice(key.length + 1));
        expect({ key, there: there.filter((form) => !/^\w+_/.test(form)).sort() }).toEqual({
          key,
          there: forms.toSorted(),
        });
      }
    }
  });

  it('are chosen by the count', async () => {
    const said = (count: number) => i18n.t('line.waitingQueued', { name: 'Ana', count });
    expect([said(1), said(2)]).toEqual(['Waiting for Ana — 1 message queued', 'Waiting for Ana — 2 messages queued']);
    expect(said(2000)).toContain(' 2,000 messages');
    await setLanguage('zh-CN');
    expect(said(1).replace('1', '2')).toBe(said(2));
    expect(said(1)).toMatch(/^\P{ASCII}/u);
  });

  it('and dates are written by i18n alone, which knows the language of the window', () => {
    const own = sources(join(import.meta.dirname, '..')).filter(
      (path) =>
        !path.includes('/i18n/') &&
        /Intl\.(DateTime|Number|Relative|List)|toLocale(String|Date|Time)/.test(readFileSync(path, 'utf8')),
    );
    expect(own).toEqual([]);
  });
});

describe('errorText', () => {
  afterEach(() => setLanguage('en'));

  it('says the sentence of the code in the language of the window', async () => {
    const refused = { code: 'invite-expired', message: 'm', params: { date: '14 November', name: 'Jo' } };
    expect(errorText(refused)).toBe('This link expired on 14 November. Ask Jo for a new one.');
    await setLanguage('zh-CN');
    expect(errorText(refused)).toContain('Jo');
    expect(errorText(refused)).toMatch(/过期/);
  });

  it('falls back to the English message, then to a general sentence', () => {
    expect(errorText({ code: 'brand-new', message: 'A new trouble.', params: {} })).toBe('A new trouble.');
    expect(errorText({ code: 'brand-new', message: '', params: {} })).toBe(en.errors.internal);
    expect(errorText(undefined)).toBe(en.errors.internal);
    expect(problemText({ code: 'clock-wrong', message: '', params: { minutes: '7' } })).toContain('7 minutes');
    expect(problemText({ code: 'unheard-of', message: 'Hm.', params: null })).toBe('Hm.');
  });

  it('writes dates as people do, and tells apart what a target is', () => {
    const year = new Date().getFullYear();
    const refused = {
      code: 'invite-expired',
      message: '',
      params: { date: `${year}-11-14T08:00:00.000Z`, name: 'Jo' },
    };
    expect(errorText(refused)).toBe('This link expired on 14 November. Ask Jo for a new one.');
    expect(errorText({ code: 'ban-target', message: '', params: { what: 'range' } })).toContain('not a range');
    expect(errorText({ code: 'ban-target', message: '', params: { what: 'other' } })).toBe(en.errors['ban-target']);
  });

  it('has a sentence for every code that the calls are refused with', () => {
    const folder = join(import.meta.dirname, '../../../backend');
    const code = ['app', 'node', 'chat']
      .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
      .filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const codes = new Set([...code.matchAll(/(?:\brefuse\(|\bCode:\s+)"([a-z-]+)"/g)].map((match) => match[1] ?? ''));
    expect(codes.size).toBeGreaterThan(20);
    expect([...codes].filter((known) => !i18n.exists(`errors.${known}`))).toEqual([]);
  });
});

describe('languageFor', () => {
  it.each([
    ['system', ['de-DE', 'zh-TW', 'en'], 'zh-CN'],
    ['system', ['en-US', 'zh'], 'en'],
    ['system', ['de'], 'en'],
    ['zh-CN', ['en'], 'zh-CN'],
    ['en', ['zh-CN'], 'en'],
    ['xx', ['zh-CN'], 'en'],
  ])('%s of %o is %s', (setting, system, language) => expect(languageFor(setting, system)).toBe(language));
});
