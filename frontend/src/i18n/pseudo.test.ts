import { afterEach, describe, expect, it } from 'vitest';
import { en } from './en';
import { addWords, i18next } from './index';
import { speakPseudo, stretch, stretched } from './pseudo';

afterEach(() => {
  i18next.store.off('added');
  addWords(en);
  document.documentElement.dir = 'ltr';
});

describe('pseudo words', () => {
  it('are longer by two fifths, accented, and keep what is filled in and elements', () => {
    expect(stretch('Message')).toMatch(/^\P{ASCII}{10}$/u);
    const text = stretch('{{count}} of <b>{{all}}</b> sent, $t(app.close)');
    expect(text).toMatch(/^\{\{count\}\} \P{ASCII}{3} <b>\{\{all\}\}<\/b> \P{ASCII}{6}, \$t\(app\.close\)$/u);
  });

  it('have the same keys and plural forms, no letter of English, and do not grow twice', () => {
    const once = stretched(en);
    expect(stretched(once)).toEqual(once);
    const keys = (tree: object): string[] =>
      Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
        typeof value === 'object' && value ? [key, ...keys(value)] : [key],
      );
    expect(keys(once)).toEqual(keys(en));
    expect(JSON.stringify(Object.values(once.app ?? {})).replace(/\{\{\w+\}\}/g, '')).not.toMatch(/[A-Za-z]/);
  });

  it('are spoken by everything from then on, by what comes late as well', () => {
    speakPseudo('rtl');
    expect(document.documentElement.dir).toBe('rtl');
    expect(i18next.t('timeline.today')).toBe(stretch(en.timeline.today));
    expect(i18next.t('line.waitingQueued', { name: 'Ana', count: 2 })).toContain('Ana');
    addWords({ app: { lateWord: 'Later' } });
    expect((i18next.t as (key: string) => string)('app.lateWord')).toBe(stretch('Later'));
  });
});
