import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { setLanguage } from '@/i18n';
import { applyState, search, session, showConversation, showSwitcher, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor, within } from '@/testing';
import { Switcher } from './index';

const onClose = vi.fn();
const onOpened = vi.fn();
const onSearch = vi.fn();
const onDetails = vi.fn();
const onNetwork = vi.fn();
let fake: FakeBackend;

function begin(): HTMLInputElement {
  const state = sampleState([
    sampleConversation('ana', { name: 'Ana Duarte', unread: 2, lastTime: '2026-11-21T10:42:00.000Z' }),
    sampleConversation('ole', { name: 'Grandpa Ole', contact: 'banned', lastTime: '2026-11-20T10:42:00.000Z' }),
    sampleConversation('li', { name: '李小梅', handle: 'mei@lines.example.net', lastTime: '2026-11-19T10:42:00.000Z' }),
  ]);
  fake = new FakeBackend({ state });
  setBackend(fake);
  session.setState(applyState(session.getState(), state));
  act(() => showSwitcher());
  render(
    <Switcher onClose={onClose} onOpened={onOpened} onSearch={onSearch} onDetails={onDetails} onNetwork={onNetwork} />,
  );
  return screen.getByRole('combobox');
}

const names = () => screen.getAllByRole('option').map((option) => option.textContent ?? '');
const chosen = () => {
  const id = screen.getByRole('combobox').getAttribute('aria-activedescendant') ?? '';
  const option = document.getElementById(id);
  expect(option?.getAttribute('aria-selected')).toBe('true');
  expect(document.querySelectorAll('[aria-selected="true"]')).toHaveLength(1);
  return option?.textContent ?? '';
};
const type = (text: string) => fireEvent.change(screen.getByRole('combobox'), { target: { value: text } });
const press = (key: string, change = {}) => fireEvent.keyDown(screen.getByRole('combobox'), { key, ...change });

beforeEach(() => {
  resetModel();
  for (const mock of [onClose, onOpened, onSearch, onDetails]) mock.mockClear();
});

describe('Switcher', () => {
  it('has the focus, and shows who was there last before anything is written', () => {
    showConversation('ana');
    showConversation('li');
    const field = begin();
    expect(document.activeElement).toBe(field);
    const recent = within(screen.getByRole('group', { name: 'Recent' })).getAllByRole('option');
    expect(recent.map((option) => option.textContent?.includes('Ana Duarte'))).toEqual([true, false]);
    expect(recent.some((option) => option.textContent?.includes('李小梅'))).toBe(false);
  });

  it('marks banned people, names the unread ones, and finds handles and Chinese names', () => {
    begin();
    type('ole');
    expect(names()[0]).toContain('banned');
    type('ana');
    expect(names()[0]).toContain('2 unread');
    type('mei@');
    expect(names()[0]).toContain('李小梅');
    type('小');
    expect(names()[0]).toContain('李小梅');
    expect(screen.getByRole('status').textContent).toBe('2 results');
  });

  it('moves with arrows, around the ends too, and opens with Enter', () => {
    begin();
    type('ana');
    expect(chosen()).toContain('Ana Duarte');
    press('ArrowUp');
    expect(chosen()).toContain('Search messages for “ana”');
    press('ArrowDown');
    expect(chosen()).toContain('Ana Duarte');
    press('Enter');
    expect(onClose).toHaveBeenCalledOnce();
    expect(onOpened).toHaveBeenCalledOnce();
    expect(view.getState().conversation).toBe('ana');
  });

  it('goes on to the search with what was written', () => {
    begin();
    type('the ferry');
    expect(names()).toHaveLength(1);
    press('Enter');
    expect(onSearch).toHaveBeenCalledWith('');
    expect(search.getState().text).toBe('the ferry');
  });

  it('shows only people after @ and only actions after >', () => {
    begin();
    type('@');
    expect(screen.queryByRole('group', { name: 'Actions' })).toBeNull();
    type('>');
    expect(screen.queryByRole('group', { name: 'Recent' })).toBeNull();
    expect(screen.getByRole('group', { name: 'Actions' })).toBeDefined();
    type('>qqqq');
    expect(screen.queryAllByRole('option')).toEqual([]);
    expect(screen.getByText('No action is called that.')).toBeDefined();
    expect(() => press('ArrowDown')).not.toThrow();
    press('Enter');
    expect(onClose).not.toHaveBeenCalled();
  });

  it('changes the theme, opens settings and dialogs', async () => {
    begin();
    type('theme: dark');
    press('Enter');
    await waitFor(() => expect(session.getState().settings.theme).toBe('dark'));
    type('ban list');
    press('Enter');
    expect(view.getState().place).toEqual({ kind: 'settings', page: 'bans' });
    type('add a');
    press('Enter');
    expect(view.getState().dialog?.kind).toBe('add-contact');
  });

  it('closes with Escape and with its own keys, and leaves keys of an input method alone', () => {
    const field = begin();
    fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
    expect(onClose).not.toHaveBeenCalled();
    press('k', { ctrlKey: true });
    expect(onClose).toHaveBeenCalledOnce();
    fireEvent.keyDown(field, { key: 'Escape' });
    expect(onClose).toHaveBeenCalledTimes(2);
  });

  it('has its words in Chinese', async () => {
    await setLanguage('zh-CN');
    begin();
    type('主题');
    expect(names()[0]).toContain('主题');
    await setLanguage('en');
  });

  it('is clean for axe', async () => {
    begin();
    type('a');
    const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
