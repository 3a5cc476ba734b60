import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import {
  followSearch,
  followView,
  search,
  session,
  setSearchText,
  showConversation,
  synchronise,
  timelines,
  view,
} from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor, within } from '@/testing';
import { FoundText } from '@/ui';
import { SearchField } from './index';
import SearchView from './SearchView';

// Without a layout the real one mounts no row.
vi.mock('virtua', () => ({
  Virtualizer: ({ data, children }: { data: unknown[]; children: (item: unknown) => ReactNode }) => data.map(children),
}));

let fake: FakeBackend;
let ends: (() => void)[] = [];
const onLeave = vi.fn();
const onDown = vi.fn();
const onEnter = vi.fn();

beforeEach(async () => {
  resetModel();
  for (const called of [onLeave, onDown, onEnter]) called.mockClear();
  fake = new FakeBackend({
    state: sampleState([
      sampleConversation('ana', { name: 'Ana Duarte' }),
      sampleConversation('ferry', { name: 'Ferry Vos' }),
    ]),
    messages: {
      ana: [
        sampleMessage('ana', 1, { text: 'The ferry leaves at 9 then' }),
        sampleMessage('ana', 2, { text: 'Ferry or <b>boat</b>, 会议室 first', mine: true, author: 'tc1me' }),
        sampleMessage('ana', 3, { text: 'no' }),
      ],
      ferry: [sampleMessage('ferry', 5, { text: 'see you on the ferry' })],
    },
  });
  setBackend(fake);
  ends = [synchronise(fake), followView(), followSearch()];
  await vi.waitFor(() => expect(session.getState().status).toBe('ready'));
});

afterEach(() => {
  for (const end of ends) end();
});

function show(): HTMLElement {
  render(
    <>
      <SearchField onEnter={onEnter} onDown={onDown} onLeave={onLeave} />
      <SearchView />
    </>,
  );
  return screen.getByRole('combobox', { name: 'Search messages and people' });
}

async function found(text: string): Promise<HTMLElement> {
  const field = show();
  fireEvent.change(field, { target: { value: text } });
  await waitFor(() => expect(search.getState().asking).toBe(false));
  return field;
}

const options = () => screen.getAllByRole('option').map((option) => option.textContent);

describe('search', () => {
  it('says how it works before anything is typed', () => {
    show();
    expect(screen.getByText('Find what was written')).toBeDefined();
    expect(screen.queryByRole('listbox')).toBeNull();
  });

  it('shows people, then messages, with what was found marked and nothing of it as markup', async () => {
    const field = await found('ferry');
    expect(view.getState().place.kind).toBe('search');
    expect(within(screen.getByRole('group', { name: 'People' })).getByRole('option').textContent).toContain(
      'Ferry Vos',
    );
    const messages = screen.getByRole('group', { name: 'Messages' });
    expect(
      within(messages)
        .getAllByRole('option')
        .map((one) => one.querySelector('mark')?.textContent),
    ).toEqual(['ferry', 'Ferry', 'ferry']);
    expect(messages.textContent).toContain('You to Ana Duarte');
    expect(messages.textContent).toContain('<b>boat</b>');
    expect(screen.getByRole('status').textContent).toBe('4 results on this computer');
    expect(field.getAttribute('aria-expanded')).toBe('true');
    expect(document.getElementById(field.getAttribute('aria-controls') ?? '')?.getAttribute('role')).toBe('listbox');
    expect(document.querySelector('b')).toBeNull();
  });

  it('moves with the arrows, and opens with Enter', async () => {
    const field = await found('ferry');
    field.focus();
    fireEvent.keyDown(field, { key: 'ArrowDown' });
    const person = screen.getByRole('option', { name: /No messages yet/ });
    expect(field.getAttribute('aria-activedescendant')).toBe(person.id);
    expect(person.getAttribute('aria-selected')).toBe('true');
    fireEvent.keyDown(field, { key: 'ArrowDown' });
    fireEvent.keyDown(field, { key: 'ArrowDown' });
    expect(search.getState().active).toBe('ana-2');
    fireEvent.keyDown(field, { key: 'ArrowUp' });
    fireEvent.keyDown(field, { key: 'ArrowDown' });
    fireEvent.keyDown(field, { key: 'Enter' });
    await waitFor(() =>
      expect(view.getState()).toMatchObject({ place: { kind: 'conversations' }, conversation: 'ana' }),
    );
    expect(timelines.getState().open.ana?.found).toBe('ana-2');
    expect(timelines.getState().open.ana?.back).toEqual({ kind: 'search' });
  });

  it('opens the first one with Enter alone: the person', async () => {
    const field = await found('ferry');
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(view.getState()).toMatchObject({ place: { kind: 'conversations' }, conversation: 'ferry' });
    expect(search.getState().text).toBe('');
  });

  it('looks through one conversation when asked', async () => {
    showConversation('ana');
    await found('ferry');
    fireEvent.click(screen.getByText('With Ana'));
    await waitFor(() => expect(search.getState().answered?.scope).toBe('ana'));
    expect(screen.queryByRole('group', { name: 'People' })).toBeNull();
    expect(screen.getByRole('status').textContent).toBe('2 results on this computer');
  });

  it('says that nothing was found, and where it looked', async () => {
    showConversation('ana');
    await found('xylophone');
    expect(screen.getByText('Nothing for “xylophone”')).toBeDefined();
    expect(screen.getByText('Search looks through history on this computer only.')).toBeDefined();
    fireEvent.click(screen.getByText('With Ana'));
    await screen.findByText('Search looked through the messages with Ana Duarte on this computer.');
    fireEvent.click(screen.getByRole('button', { name: 'Search everywhere' }));
    expect(search.getState().scope).toBe('');
  });

  it('offers what was probably meant, and looks for it', async () => {
    const field = await found('fery');
    expect(screen.getByText(/^Did you mean/).textContent).toMatch(/^Did you mean ferry\? Search looks/);
    fireEvent.click(screen.getByRole('button', { name: 'ferry' }));
    await waitFor(() => expect(options()).toHaveLength(4));
    expect(field).toHaveProperty('value', 'ferry');
    expect(document.activeElement).toBe(field);
    expect(search.getState().meant).toBe('');
  });

  it('says what cannot be found yet', async () => {
    const answer = fake.search;
    fake.search = async (...asked) => ({ ...(await answer(...asked)), waiting: 12 });
    await found('nowhere');
    expect(screen.getByText('Nothing for “nowhere” yet')).toBeDefined();
    expect(screen.getByText('The index is being made. 12 messages cannot be found yet.')).toBeDefined();
  });

  it('says why it failed, and tries again', async () => {
    fake.refuse('search', 'late');
    await found('boat');
    expect(screen.getByRole('alert').textContent).toContain('This took too long and was given up.');
    fake.refuse('search', undefined);
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(options()).toHaveLength(1));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says that a message is gone', async () => {
    const field = await found('boat');
    fake.refuse('pageAround', 'no-message');
    fireEvent.keyDown(field, { key: 'Enter' });
    expect((await screen.findByRole('alert')).textContent).toContain('is not on this computer any more');
    expect(view.getState().place.kind).toBe('search');
    expect(screen.getByText('Nothing for “boat”')).toBeDefined();
  });

  it('clears and leaves', async () => {
    const field = await found('ferry');
    fireEvent.click(screen.getByRole('button', { name: 'Clear search' }));
    expect(search.getState().text).toBe('');
    expect(screen.getByText('Find what was written')).toBeDefined();
    fireEvent.keyDown(field, { key: 'Escape' });
    expect(onLeave).toHaveBeenCalledOnce();
  });

  it('goes on in the list from an empty field, and remembers where the focus came from', () => {
    const field = show();
    const before = document.body.appendChild(document.createElement('button'));
    before.focus();
    field.focus();
    expect(onEnter).toHaveBeenCalledWith(before);
    fireEvent.keyDown(field, { key: 'ArrowDown' });
    expect(onDown).toHaveBeenCalledOnce();
    before.remove();
  });

  it('leaves the keys of an input method alone', async () => {
    const field = await found('ferry');
    fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
    expect(view.getState().place.kind).toBe('search');
    act(() => setSearchText(''));
  });
});

describe('FoundText', () => {
  it.each([
    ['in order', [{ start: 4, end: 9 }], 'the [ferry] goes'],
    [
      'at both ends',
      [
        { start: 0, end: 3 },
        { start: 10, end: 14 },
      ],
      '[the] ferry [goes]',
    ],
    ['nothing', [], 'the ferry goes'],
    [
      'no range that does not fit',
      [
        { start: 4, end: 9 },
        { start: 5, end: 7 },
        { start: 9, end: 99 },
        { start: 3, end: 3 },
      ],
      'the [ferry] goes',
    ],
  ])('marks %s', (_name, ranges, shown) => {
    const { container } = render(<FoundText text="the ferry goes" ranges={ranges} />);
    expect(
      [...container.childNodes]
        .map((node) => (node.nodeName === 'MARK' ? `[${node.textContent}]` : node.textContent))
        .join(''),
    ).toBe(shown);
  });
});
