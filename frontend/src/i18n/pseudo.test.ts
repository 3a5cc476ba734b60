import { afterEach, describe, expect, it } from 'vitest';
import { en } from './en';
import { addWords, i18n, writtenFrom } from './index';
import { speakPseudo, stretch } from './pseudo';

afterEach(() => {
  i18n.reword((text) => text);
  addWords(en);
  writtenFrom.en = 'ltr';
  document.documentElement.dir = 'ltr';
});

describe('pseudo words', () => {
  it('are longer by two fifths, accented, keep what is filled in, and do not grow twice', () => {
    expect(stretch('Message')).toMatch(/^\P{ASCII}{10}$/u);
    const once = stretch('{{count}} of {{all}} sent');
    expect(once).toMatch(/^\{\{count\}\} \P{ASCII}{3} \{\{all\}\} \P{ASCII}{6}$/u);
    expect(stretch(once)).toBe(once);
  });

  it('are spoken by everything from then on, by what comes late as well', () => {
    speakPseudo('rtl');
    expect(document.documentElement.dir).toBe('rtl');
    expect(i18n.t('timeline.today')).toBe(stretch(en.timeline.today));
    expect(i18n.t('line.waitingQueued', { name: 'Ana', count: 2 })).toContain('Ana');
    addWords({ app: { lateWord: 'Later' } });
    const late = 'app.lateWord';
    expect(i18n.exists(late) && i18n.t(late)).toBe(stretch('Later'));
  });
});
