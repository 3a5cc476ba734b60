import { afterEach, expect, it } from 'vitest';
import { act, cleanup, render } from '@/testing';
import { i18n, type Key, setLanguage, useTranslation } from './index';

afterEach(async () => {
  cleanup();
  await setLanguage('en');
});

const Said = () => useTranslation().t('timeline.today');

it('fills in values once: what they contain is not read as a place for others', () => {
  const text = i18n.t('line.waiting', { name: '{{count}} $& $1', count: 3 });
  expect(text).toContain('{{count}} $& $1');
  expect(i18n.t('line.waiting')).not.toContain('{{');
});

it('says English where a language has no words, and the key where nobody has', async () => {
  i18n.add('en', { trial: { one: 'only here', many_one: 'one', many_other: 'several' } });
  await setLanguage('zh-CN');
  expect(i18n.t('trial.one' as Key)).toBe('only here');
  expect(i18n.t('trial.many' as Key, { count: 2 })).toBe('several');
  expect(i18n.t('trial.none' as Key)).toBe('trial.none');
  expect([i18n.exists('trial.one'), i18n.exists('trial.none'), i18n.exists('constructor')]).toEqual([
    true,
    false,
    false,
  ]);
});

it('is said anew by what is on the screen when another language is chosen', async () => {
  const { container } = render(<Said />);
  expect(container.textContent).toBe('Today');
  await act(() => setLanguage('zh-CN'));
  expect(container.textContent).toBe('今天');
});
