import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { aimOf, followSearch, followView, search, session, showConversation, synchronise, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@/testing';
import { keysAnywhere, keysOfMessage } from '@/ui';
import { App } from './App';
import { neighbour, runKey } from './useKeys';

let fake: FakeBackend;
let ends: (() => void)[] = [];

function begin(change = {}): void {
  fake = new FakeBackend({
    state: sampleState(
      [
        sampleConversation('ana', { name: 'Ana Duarte', lastTime: '2026-11-21T10:30:00.000Z' }),
        sampleConversation('ole', { name: 'Grandpa Ole', unread: 1, lastTime: '2026-11-21T10:20:00.000Z' }),
        sampleConversation('li', { name: '李小梅', lastTime: '2026-11-21T10:10:00.000Z' }),
      ],
      change,
    ),
    messages: { ana: [sampleMessage('ana', 1, { text: 'look at https://a.example' })] },
  });
  setBackend(fake);
  ends = [synchronise(fake), followView()];
  render(<App restart={() => ends.push(synchronise(fake))} />);
}

beforeEach(() => resetModel());

afterEach(() => {
  for (const end of ends) end();
});

describe('App', () => {
  it('paints the rows, tells the backend, and offers to pick one', async () => {
    begin();
    await screen.findByRole('button', { name: /Ana Duarte/ });
    expect(screen.getByText('Pick up a can')).toBeDefined();
    await waitFor(() => expect(fake.calls.filter(([name]) => name === 'painted')).toHaveLength(1));
    expect(performance.getEntriesByName('rows-painted').length).toBeGreaterThan(0);
  });

  it('opens a conversation with its line, its log and its composer', async () => {
    begin();
    fireEvent.click(await screen.findByRole('button', { name: /Ana Duarte/ }));
    expect(await screen.findByRole('heading', { name: 'Ana Duarte' })).toBeDefined();
    expect(screen.getByRole('button', { name: 'This line: Direct · 8 ms' })).toBeDefined();
    expect(await screen.findByRole('log', { name: 'Messages with Ana Duarte' })).toBeDefined();
    expect(screen.getByRole('textbox', { name: 'Message Ana' })).toBeDefined();
    act(() => {
      fake.change('ana', { presence: 'offline', queued: 1, line: { state: 'waiting', rtt: -1, host: '' } });
    });
    expect(screen.getByRole('button', { name: 'This line: Waiting for Ana — 1 message queued' })).toBeDefined();
  });

  it('says why it could not start and tries again', async () => {
    begin();
    for (const end of ends) end();
    cleanup();
    resetModel();
    fake.refuse('start', 'read-only');
    ends = [synchronise(fake)];
    render(<App restart={() => ends.push(synchronise(fake))} />);
    expect((await screen.findByRole('alert')).textContent).toContain('The data folder cannot be written');
    fake.refuse('start', undefined);
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('button', { name: /Ana Duarte/ });
  });

  it('asks before a link is opened, and never leaves the page', async () => {
    begin();
    await screen.findByRole('button', { name: /Ana Duarte/ });
    const link = document.createElement('a');
    link.href = 'https://a.example/';
    document.body.append(link);
    expect(fireEvent.click(link)).toBe(false);
    const open = await screen.findByRole('button', { name: 'Open link' });
    expect(screen.getByText('https://a.example/')).toBeDefined();
    fireEvent.click(open);
    await waitFor(() => expect(fake.calls).toContainEqual(['openLink', 'https://a.example/']));
  });

  it('opens a link here when there is no browser outside', async () => {
    begin();
    await screen.findByRole('button', { name: /Ana Duarte/ });
    const opened = vi.spyOn(window, 'open').mockReturnValue(null);
    fake.refuse('openLink', 'no-browser');
    act(() => view.setState({ dialog: { kind: 'link', address: 'https://a.example/' } }));
    fireEvent.click(await screen.findByRole('button', { name: 'Open link' }));
    await waitFor(() => expect(opened).toHaveBeenCalledWith('https://a.example/', '_blank', 'noopener,noreferrer'));
  });

  it('shows the network, in both forms, and goes back to where the focus was', async () => {
    begin();
    fireEvent.click(await screen.findByRole('button', { name: /Ana Duarte/ }));
    const field = await screen.findByRole('textbox', { name: 'Message Ana' });
    act(() => field.focus());
    const keys = { key: 'N', ctrlKey: true, shiftKey: true };
    fireEvent.keyDown(field, keys);
    expect(await screen.findByRole('tab', { name: 'Picture', selected: true })).toBeDefined();
    fireEvent.keyDown(document.body, keys);
    expect(await screen.findByRole('tab', { name: 'Table', selected: true })).toBeDefined();
    fireEvent.keyDown(document.body, { key: 'Escape' });
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Message Ana'));
    fireEvent.click(screen.getByRole('button', { name: /^Network\s?Mira Lind/ }));
    expect(await screen.findByRole('heading', { name: 'Network' })).toBeDefined();
  });

  it('says that the network is gone only when that lasts', async () => {
    begin();
    await screen.findByRole('button', { name: /Ana Duarte/ });
    vi.useFakeTimers();
    act(() => fake.emit({ network: { online: false, servers: [], lines: 0, hostAddress: '' } }));
    expect(screen.queryByText('You are offline.')).toBeNull();
    act(() => void vi.advanceTimersByTime(3000));
    expect(screen.getByText('You are offline.')).toBeDefined();
    act(() => fake.emit({ network: { online: true, servers: [], lines: 0, hostAddress: '' } }));
    expect(screen.queryByText('You are offline.')).toBeNull();
    vi.useRealTimers();
  });

  it('bans after a question that says what is kept', async () => {
    begin();
    await screen.findByRole('button', { name: /Ana Duarte/ });
    act(() => view.setState({ dialog: { kind: 'ban', conversation: 'ana' } }));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog.textContent).toContain('your history together stays');
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'spam' } });
    fireEvent.click(screen.getByRole('button', { name: 'Ban' }));
    await waitFor(() =>
      expect(fake.calls).toContainEqual([
        'addBan',
        { kind: 'peer', target: 'tc1ana', reason: 'spam', ends: '', tell: false },
      ]),
    );
    await screen.findByText('Ana is banned.');
    expect(view.getState().dialog).toBeUndefined();
  });
});

describe('keys', () => {
  const press = (key: string, change: KeyboardEventInit = {}) =>
    runKey(new KeyboardEvent('keydown', { key, ...change }));

  it('move through the list, also to the next unread one', async () => {
    begin();
    await waitFor(() => expect(session.getState().status).toBe('ready'));
    showConversation('ana');
    expect(neighbour(1, false)).toBe('ole');
    expect(neighbour(-1, false)).toBeUndefined();
    expect(press('ArrowDown', { altKey: true })).toBe(true);
    expect(view.getState().conversation).toBe('ole');
    showConversation('li');
    press('ArrowDown', { altKey: true, shiftKey: true });
    expect(view.getState().conversation).toBe('ole');
  });

  it('of a single letter act only on a message that has the focus itself (WCAG 2.1.4)', async () => {
    begin();
    await waitFor(() => expect(session.getState().status).toBe('ready'));
    act(() => showConversation('ana'));
    const log = await screen.findByRole('log');
    const places = [document.body, log, screen.getByRole('textbox', { name: 'Message Ana' })];
    const aim = aimOf('ana');
    const asked = fake.calls.length;
    for (const key of Object.values(keysOfMessage)
      .map((keys) => keys[0])
      .filter((key) => !key.includes(' '))) {
      for (const letter of [key, key.toLowerCase()]) {
        expect(press(letter)).toBe(false);
        for (const place of places) fireEvent.keyDown(place, { key: letter });
      }
    }
    expect(view.getState().dialog).toBeUndefined();
    expect(aimOf('ana')).toEqual(aim);
    expect(fake.calls.slice(asked)).toEqual([]);
    expect(screen.queryByRole('menu')).toBeNull();
  });

  it('open settings, search, details and the contact dialog, and Esc goes back', async () => {
    begin();
    await waitFor(() => expect(session.getState().status).toBe('ready'));
    act(() => showConversation('ana'));
    await screen.findByRole('log');
    act(() => void press('i', { ctrlKey: true }));
    await waitFor(() => expect(session.getState().settings.details).toBe(true));
    act(() => void press(',', { ctrlKey: true }));
    expect(view.getState().place.kind).toBe('settings');
    act(() => void press('Escape'));
    expect(view.getState().place.kind).toBe('conversations');
    act(() => void press('n', { ctrlKey: true }));
    expect(view.getState().dialog?.kind).toBe('add-contact');
    expect(press(',', { ctrlKey: true })).toBe(false);
  });

  it('are those of the table, and each of the table does something', async () => {
    begin();
    await waitFor(() => expect(session.getState().status).toBe('ready'));
    act(() => {
      const { conversations } = session.getState();
      const pinned = Array.from({ length: 9 }, (_, place) =>
        sampleConversation(`pinned-${place}`, { pinned: place + 1 }),
      );
      session.setState({
        conversations: { ...conversations, ...Object.fromEntries(pinned.map((row) => [row.id, row])) },
      });
    });
    for (const combination of Object.values(keysAnywhere).flat()) {
      const parts: string[] = combination.split(' ');
      const modifiers = { ctrlKey: parts.includes('Ctrl'), altKey: parts.includes('Alt') };
      const event = { ...modifiers, shiftKey: parts.includes('Shift') };
      act(() => {
        showConversation('ole');
        view.setState({ dialog: undefined, detailsFloating: combination === 'Escape' });
      });
      let did = false;
      act(() => {
        did = press(parts.at(-1) ?? '', event);
      });
      expect(did, combination).toBe(true);
      expect(press(parts.at(-1) ?? '', { ...event, metaKey: true }), `Meta ${combination}`).toBe(false);
    }
    // The switcher comes when it is loaded; the next test begins without it.
    act(() => view.setState({ dialog: undefined }));
    act(() => void press('k', { ctrlKey: true }));
    expect((await screen.findByRole('combobox', { name: 'Jump to or search' })) === document.activeElement).toBe(true);
  });

  it('search here and everywhere, and Esc leads back to what had the focus', async () => {
    begin();
    ends.push(followSearch());
    await waitFor(() => expect(session.getState().status).toBe('ready'));
    act(() => showConversation('ana'));
    await screen.findByRole('log');
    const focused = () => (document.activeElement as HTMLElement).dataset;
    act(() => screen.getByRole('textbox', { name: 'Message Ana' }).focus());
    act(() => void press('f', { ctrlKey: true }));
    expect(search.getState().scope).toBe('ana');
    expect(focused().search).toBe(''); // before the results come, so that no letter is lost
    await screen.findByText('Find what was written');
    act(() => void press('F', { ctrlKey: true, shiftKey: true }));
    expect(search.getState().scope).toBe('');
    act(() => void press('f', { ctrlKey: true }));
    expect(search.getState().scope).toBe('ana');
    act(() => void press('Escape'));
    expect(view.getState().place.kind).toBe('conversations');
    await waitFor(() => expect(focused().composer).toBe(''));
    act(() => document.querySelector<HTMLElement>('[data-row="ole"]')?.focus());
    act(() => void press('F', { ctrlKey: true, shiftKey: true }));
    await waitFor(() => expect(focused().search).toBe(''));
    act(() => void press('Escape'));
    await waitFor(() => expect(focused().row).toBe('ole'));
    act(() => void press(',', { ctrlKey: true }));
    expect(press('f', { ctrlKey: true })).toBe(false);
  });

  it('give the focus back after the settings, which fill the window', async () => {
    begin();
    await waitFor(() => expect(session.getState().status).toBe('ready'));
    act(() => showConversation('ana'));
    await screen.findByRole('log');
    for (const selector of ['[data-row="ole"]', '[data-composer]']) {
      act(() => document.querySelector<HTMLElement>(selector)?.focus());
      act(() => void press(',', { ctrlKey: true }));
      await screen.findByRole('navigation', { name: 'Settings' });
      act(() => void press('Escape'));
      await waitFor(() => expect(document.activeElement?.matches(selector)).toBe(true));
    }
  });

  it('cycle the panes with F6', async () => {
    begin();
    await waitFor(() => expect(session.getState().status).toBe('ready'));
    act(() => showConversation('ana'));
    await screen.findByRole('log');
    const pane = () => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane;
    press('F6');
    expect(pane()).toBe('list');
    press('F6');
    expect(pane()).toBe('main');
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.composer).toBe(''));
    press('F6', { shiftKey: true });
    expect(pane()).toBe('list');
  });
});
