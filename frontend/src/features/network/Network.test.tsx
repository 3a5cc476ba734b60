import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Conversation, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { setLanguage } from '@/i18n';
import { applyState, session, showNetworkAs, synchronise, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor, within } from '@/testing';
import NetworkView from './index';

let fake: FakeBackend;
let end = () => {};
const onOpened = vi.fn();
const onLeave = vi.fn();

const people: Conversation[] = [
  sampleConversation('ana', { name: 'Ana Duarte', line: { state: 'direct', rtt: 8, host: '' } }),
  sampleConversation('jonas', { name: 'Jonas Weber', line: { state: 'relayed', rtt: 64, host: 'lines.example.net' } }),
  sampleConversation('ole', {
    ...{ name: 'Grandpa Ole', presence: 'offline', queued: 2 },
    line: { state: 'waiting', rtt: -1, host: '' },
  }),
  sampleConversation('viktor', { name: 'Viktor', contact: 'banned', line: { state: 'banned', rtt: -1, host: '' } }),
];

function begin(rows = people): void {
  const state = sampleState(rows);
  state.network.servers = [
    {
      ...{ id: 's', address: 'lines.example.net:7443', mine: false, guest: false, state: 'online', rtt: 18 },
      ...{ since: '2026-11-21T08:00:00.000Z', retryAt: '' },
    },
  ];
  fake = new FakeBackend({ state });
  const opened = new Date(Date.now() - 192 * 60_000 - 5000).toISOString();
  fake.carried = {
    ...{ received: 18_400_000, sent: 3_100_000 },
    lines: [
      {
        ...{ conversation: 'ana', received: 18_400_000, sent: 3_100_000, opened, family: 'ipv6' },
        delays: [7, 9, 14, 8],
      },
    ],
  };
  setBackend(fake);
  session.setState(applyState(session.getState(), state));
  end = synchronise(fake);
  render(<NetworkView onOpened={onOpened} onLeave={onLeave} />);
}

const lids = () => [...document.querySelectorAll<HTMLElement>('[data-node]')];
const names = () => lids().map((lid) => lid.lastElementChild?.textContent);
const focused = () => document.activeElement?.lastElementChild?.textContent;
const rows = () =>
  [...screen.getByRole('table', { name: 'Lines to people' }).querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll('th, td')].slice(0, -1).map((cell) => cell.textContent),
  );

beforeEach(() => {
  resetModel();
  onOpened.mockClear();
  onLeave.mockClear();
  // jsdom lays nothing out.
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(640);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(560);
});

afterEach(async () => {
  end();
  await setLanguage('en');
});

describe('NetworkView', () => {
  it('says how many lines are open and what they carried, with the focus on the tab', async () => {
    begin();
    expect(await screen.findByText('2 lines open · 18 MB in · 3.1 MB out')).toBeDefined();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('tab', { name: 'Picture' })));
  });

  it('names every lid, and the arrows go from one to the next', () => {
    begin();
    const all = [
      'You, 2 lines open',
      'Ana, Direct, 8 ms',
      'Jonas, Relayed, 64 ms',
      'Ole, Waiting, 2 messages wait',
      'Viktor, Banned',
      'lines.example.net, introduction server, 18 ms · relay for 1',
    ];
    expect(names()).toEqual(all);
    expect(lids().filter((lid) => lid.tabIndex === 0)).toHaveLength(1);
    act(() => lids()[0]?.focus());
    for (const name of all.slice(1)) {
      fireEvent.keyDown(document.activeElement ?? document.body, { key: 'ArrowRight' });
      expect(focused()).toBe(name);
      expect(lids().filter((lid) => lid.tabIndex === 0)).toEqual([document.activeElement]);
    }
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'ArrowDown' });
    expect(focused()).toBe(all[0]);
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'End' });
    expect(focused()).toBe(all.at(-1));
  });

  it('opens a card with the facts; Esc closes it and goes back', async () => {
    begin();
    await screen.findByText(/18 MB in/);
    const [, ana] = lids();
    act(() => ana?.focus());
    fireEvent.click(ana ?? document.body);
    const card = screen.getByRole('complementary', { name: 'Selected line' });
    for (const fact of ['Ana Duarte', 'Direct · 8 ms', '8 ms', 'IPv6', 'End to end']) within(card).getByText(fact);
    expect(await within(card).findByText('Up for 3 h 12 min')).toBeDefined();
    within(card).getByText('18 MB');
    within(card).getByRole('img', { name: 'Delay over the last minutes, between 7 and 14 ms' });
    expect(document.activeElement).toBe(within(card).getByRole('button', { name: 'Open conversation' }));
    expect(ana?.getAttribute('aria-pressed')).toBe('true');
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
    expect(screen.queryByRole('complementary')).toBeNull();
    expect(document.activeElement).toBe(ana);
  });

  it('opens the conversation', () => {
    begin();
    fireEvent.click(lids()[2] ?? document.body);
    fireEvent.click(screen.getByRole('button', { name: 'Open conversation' }));
    expect(view.getState()).toMatchObject({ conversation: 'jonas', place: { kind: 'conversations' } });
    expect(onOpened).toHaveBeenCalledOnce();
  });

  it('has a table with the same facts, sorted by any column', async () => {
    begin();
    await screen.findByText(/18 MB in/);
    fireEvent.click(screen.getByRole('tab', { name: 'Table' }));
    expect(rows()).toEqual([
      ['AAna Duarte', 'Direct', '8 ms', '—', '18 MB', '3.1 MB', '3 h 12 min'],
      ['JJonas Weber', 'Relayed', '64 ms', 'lines.example.net', '—', '—', '—'],
      ['GGrandpa Ole', '2 messages wait', '—', '—', '—', '—', '—'],
      ['VViktor', 'Banned', '—', '—', '—', '—', '—'],
    ]);
    const table = within(screen.getByRole('table', { name: 'Lines to people' }));
    const column = (name: string) => table.getByRole('columnheader', { name });
    expect(column('Delay').getAttribute('aria-sort')).toBe('ascending');
    fireEvent.click(within(column('Who')).getByRole('button'));
    expect(rows().map(([who]) => who)).toEqual(['AAna Duarte', 'GGrandpa Ole', 'JJonas Weber', 'VViktor']);
    fireEvent.click(within(column('Who')).getByRole('button'));
    expect(column('Who').getAttribute('aria-sort')).toBe('descending');
    expect(rows().map(([who]) => who)).toEqual(['VViktor', 'JJonas Weber', 'GGrandpa Ole', 'AAna Duarte']);
    within(screen.getByRole('table', { name: 'Introduction servers' })).getByText('lines.example.net:7443');
  });

  it('takes the focus of a tab along when a key changes the form', async () => {
    begin();
    const tab = (name: string) => screen.getByRole('tab', { name });
    await waitFor(() => expect(document.activeElement).toBe(tab('Picture')));
    act(() => showNetworkAs('table'));
    await waitFor(() => expect(document.activeElement).toBe(tab('Table')));
    act(() => tab('Table').blur());
    act(() => showNetworkAs('picture'));
    expect(document.activeElement).toBe(document.body);
  });

  it('moves through the rows with the arrows, and opens one with Enter', () => {
    act(() => showNetworkAs('table'));
    begin();
    const all = [...document.querySelectorAll<HTMLElement>('tr[data-line]')];
    expect(all.map((row) => row.tabIndex)).toEqual([0, -1, -1, -1]);
    act(() => all[0]?.focus());
    fireEvent.keyDown(all[0] ?? document.body, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(all[1]);
    fireEvent.keyDown(all[1] ?? document.body, { key: 'End' });
    expect(document.activeElement).toBe(all[3]);
    fireEvent.keyDown(all[3] ?? document.body, { key: 'Enter' });
    expect(view.getState().conversation).toBe('viktor');
  });

  it('follows what changes', async () => {
    begin();
    await screen.findByText(/18 MB in/);
    act(() => {
      fake.change('ole', { presence: 'online', queued: 0, line: { state: 'lan', rtt: 3, host: '' } });
    });
    expect(names()[1]).toBe('Ole, LAN, 3 ms');
    expect(await screen.findByText(/^3 lines open/)).toBeDefined();
  });

  it('says when what lines carried is not known, and goes on', async () => {
    begin();
    fake.refuse('traffic', 'closed');
    expect(await screen.findByText('What the lines carried is not known just now.')).toBeDefined();
    fake.refuse('traffic', undefined);
    await waitFor(() => expect(screen.queryByText('What the lines carried is not known just now.')).toBeNull());
  });

  it('gathers whom it has no room for, and lists them', () => {
    begin(
      Array.from({ length: 215 }, (_, index) =>
        sampleConversation(`p${index}`, {
          ...{ name: `Person ${index}`, presence: 'offline', line: { state: 'waiting', rtt: -1, host: '' } },
        }),
      ),
    );
    const gathered = names().find((name) => name?.endsWith(' waiting'));
    const count = Number(gathered?.split(' ')[0]);
    expect(count + names().filter((name) => name?.startsWith('Person')).length).toBe(215);
    fireEvent.click(lids()[names().indexOf(gathered)] ?? document.body);
    // Roles of hundreds of elements take jsdom long: these are found by what they are.
    const card = () => document.querySelector('aside');
    expect(card()?.querySelector('h2')?.textContent).toBe(gathered);
    fireEvent.click(card()?.querySelector('li button') ?? document.body);
    expect(card()?.querySelector('h2')?.textContent).toMatch(/^Person \d+$/);
    act(() => showNetworkAs('table'));
    const shown = () => document.querySelectorAll('tr[data-line]').length;
    expect(shown()).toBe(200);
    fireEvent.click(screen.getByText('Show 15 more'));
    expect(shown()).toBe(215);
  });

  it('says so when there is nobody, and leaves with its button', () => {
    begin([]);
    expect(screen.getByText('Nobody to draw a line to yet.')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(onLeave).toHaveBeenCalledOnce();
  });
});
