import { beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { setLanguage } from '@/i18n';
import { applyState, session } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor, within } from '@/testing';
import { Composer } from './index';

let fake: FakeBackend;
let turn = 0;
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { hidden: true });
const search = () => screen.findByRole<HTMLInputElement>('searchbox');
const saved = () =>
  fake.calls.filter(([name]) => name === 'saveSettings').map(([, settings]) => settings as Record<string, unknown>);

beforeEach(async () => {
  // jsdom paints nothing; then every emoji is offered.
  HTMLCanvasElement.prototype.getContext = () => null;
  await setLanguage('en');
  resetModel();
  turn += 1;
  const talk = sampleConversation(`emo-${turn}`, { name: 'Ana Duarte', draft: 'so it is' });
  const state = sampleState([talk]);
  fake = new FakeBackend({ state });
  setBackend(fake);
  session.setState(applyState(session.getState(), state));
  render(<Composer conversation={talk} />);
});

async function open() {
  act(() => field().focus());
  fireEvent.keyDown(field(), { key: 'E', ctrlKey: true, shiftKey: true });
  await waitFor(async () => expect(document.activeElement).toBe(await search()));
}

describe('the emoji picker', () => {
  it('opens by its key, finds, and writes the first at the caret', async () => {
    field().setSelectionRange(3, 5);
    await open();
    fireEvent.change(await search(), { target: { value: ':tada:' } });
    expect(screen.getByRole('status').textContent).toBe('1 emoji found');
    fireEvent.keyDown(await search(), { key: 'Enter' });
    await waitFor(() => expect(screen.queryByRole('searchbox')).toBeNull());
    expect(field().value).toBe('so 🎉 is');
    expect(field().selectionStart).toBe(5);
    expect(document.activeElement).toBe(field());
    await waitFor(() => expect(session.getState().settings.recentEmoji).toBe('🎉'));
  });

  it('stays with Shift, keeps a skin tone, and shows what was used last', async () => {
    field().setSelectionRange(8, 8);
    fireEvent.click(screen.getByRole('button', { name: 'Emoji' }));
    fireEvent.change(await search(), { target: { value: 'waving hand' } });
    fireEvent.click(screen.getByRole('radio', { name: 'Medium-dark' }));
    const wave = screen.getByRole('button', { name: 'waving hand, skin tone: Medium-dark' });
    fireEvent.click(wave, { shiftKey: true });
    fireEvent.click(wave, { shiftKey: true });
    expect(field().value).toBe('so it is👋🏾👋🏾');
    await waitFor(() => expect(saved().at(-1)).toMatchObject({ emojiTone: 4, recentEmoji: '👋' }));
    fireEvent.keyDown(await search(), { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('searchbox')).toBeNull());
    expect(document.activeElement).toBe(field());
    await open();
    const grid = screen.getByRole('grid', { name: 'Used last' });
    expect(
      within(grid)
        .getAllByRole('button')
        .map((one) => one.textContent),
    ).toEqual(['👋🏾']);
  });

  it('is gone through with arrows, and letters go back to the field', async () => {
    await open();
    fireEvent.keyDown(await search(), { key: 'ArrowDown' });
    const cells = () => within(screen.getByRole('grid')).getAllByRole('button');
    expect(document.activeElement).toBe(cells()[0]);
    fireEvent.keyDown(cells()[0] as Element, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(cells()[8]);
    expect(cells().filter((one) => one.tabIndex === 0)).toEqual([cells()[8]]);
    fireEvent.keyDown(cells()[8] as Element, { key: 'h' });
    expect(document.activeElement).toBe(await search());
    fireEvent.keyDown(await search(), { key: 'ArrowDown' });
    expect(document.activeElement).toBe(cells()[8]);
    fireEvent.keyDown(cells()[8] as Element, { key: 'ArrowUp' });
    fireEvent.keyDown(cells()[0] as Element, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(await search());
    const tab = screen.getByRole('tab', { name: 'Faces and feelings' });
    fireEvent.keyDown(tab, { key: 'ArrowRight' });
    expect(screen.getByRole('tab', { selected: true }).getAttribute('aria-label')).toBe('People and hands');
    expect(screen.getByRole('grid', { name: 'People and hands' })).toBeDefined();
  });

  it('names them in the language of the window, and is found by both', async () => {
    await act(() => setLanguage('zh-CN'));
    await open();
    fireEvent.change(await search(), { target: { value: 'penguin' } });
    expect(screen.getByRole('button', { name: '企鹅' }).textContent).toBe('🐧');
    fireEvent.change(await search(), { target: { value: '没有这样的' } });
    expect(screen.getByText('没有叫这个名字的表情')).toBeDefined();
    // Nothing is chosen where nothing was found.
    fireEvent.keyDown(await search(), { key: 'Enter' });
    expect(field().value).toBe('so it is');
  });
});
