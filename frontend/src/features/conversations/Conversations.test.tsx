import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sampleConversation, sampleState } from '@/backend/samples';
import { applyState, session, showConversation, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, within } from '@/testing';
import { standingOf } from './IdentityBar';
import { Conversations } from './index';
import { previewOf } from './preview';

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-row]')].map((row) => row.dataset.row);

const onUp = vi.fn();
const onSearch = vi.fn();
const onNetwork = vi.fn();
const list = (field?: string) => <Conversations field={field} onSearch={onSearch} onUp={onUp} onNetwork={onNetwork} />;

beforeEach(() => {
  resetModel();
  onUp.mockClear();
  onSearch.mockClear();
  const state = sampleState([
    sampleConversation('ana', { name: 'Ana Duarte', unread: 2, lastTime: '2026-11-21T10:42:00.000Z', preview: 'hi' }),
    sampleConversation('tomas', { name: 'Tomás Reyes', lastTime: '2026-11-20T10:42:00.000Z' }),
    sampleConversation('li', { name: '李小梅', lastTime: '2026-11-19T10:42:00.000Z' }),
  ]);
  session.setState(applyState(session.getState(), state));
});

describe('Conversations', () => {
  it('lists by activity and follows it', () => {
    render(list());
    expect(rows()).toEqual(['ana', 'tomas', 'li']);
    act(() => {
      const { conversations } = session.getState();
      const li = sampleConversation('li', { name: '李小梅', lastTime: '2026-11-21T11:00:00.000Z' });
      session.setState({ conversations: { ...conversations, li } });
    });
    expect(rows()).toEqual(['li', 'ana', 'tomas']);
  });

  it('says in words what it shows in colour', () => {
    render(list());
    const row = screen.getByRole('button', { name: /Ana Duarte/ });
    expect(row.textContent).toContain('On the line');
    expect(row.textContent).toContain('2 unread');
  });

  it('filters by unread', () => {
    render(list());
    const filters = screen.getByRole('radiogroup', { name: 'Show' });
    fireEvent.click(within(filters).getByText('Unread'));
    expect(rows()).toEqual(['ana']);
    act(() => view.setState({ filter: 'all' }));
    expect(rows()).toEqual(['ana', 'tomas', 'li']);
  });

  it('holds the field it is given, and a button where there is no room for it', () => {
    const { rerender } = render(list('the field'));
    expect(screen.getByText('the field')).toBeDefined();
    rerender(list());
    fireEvent.click(screen.getByRole('button', { name: 'Search everything' }));
    expect(onSearch).toHaveBeenCalledOnce();
  });

  it('has one Tab stop, and arrows move it', () => {
    render(list());
    act(() => showConversation('tomas'));
    const reachable = () =>
      [...document.querySelectorAll<HTMLElement>('[data-row][tabindex="0"]')].map((row) => row.dataset.row);
    expect(reachable()).toEqual(['tomas']);
    const row = document.querySelector<HTMLElement>('[data-row="tomas"]');
    act(() => row?.focus());
    fireEvent.keyDown(row as HTMLElement, { key: 'ArrowDown' });
    expect((document.activeElement as HTMLElement).dataset.row).toBe('li');
    expect(reachable()).toEqual(['li']);
    fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'Home' });
    expect((document.activeElement as HTMLElement).dataset.row).toBe('ana');
    fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'ArrowUp' });
    expect(onUp).toHaveBeenCalledOnce();
  });

  it('begins with some of a long list, and has more of it for whoever scrolls, opens one, or goes to its end', () => {
    const many = Array.from({ length: 500 }, (_, at) =>
      sampleConversation(`p${at}`, { lastTime: new Date(Date.UTC(2026, 10, 21) - at * 60_000).toISOString() }),
    );
    many.push(sampleConversation('old', { folder: 'archived' }));
    session.setState(applyState(session.getState(), sampleState(many)));
    render(list());
    expect(rows().at(-1)).toBe('p99');
    const nav = screen.getByRole('navigation', { name: 'Conversations' });
    for (const [name, value] of Object.entries({ scrollHeight: 5600, clientHeight: 600, scrollTop: 3000 }))
      Object.defineProperty(nav, name, { value, configurable: true });
    fireEvent.scroll(nav);
    expect(rows().at(-1)).toBe('p99');
    Object.defineProperty(nav, 'scrollTop', { value: 4900 });
    fireEvent.scroll(nav);
    expect(rows().at(-1)).toBe('p199');
    act(() => showConversation('p320'));
    expect(rows().at(-1)).toBe('p320');
    expect(screen.queryByRole('button', { name: /archived/i })).toBeNull();
    const first = document.querySelector<HTMLElement>('[data-row="p0"]');
    act(() => first?.focus());
    act(() => void fireEvent.keyDown(first as HTMLElement, { key: 'End' }));
    expect((document.activeElement as HTMLElement).dataset.row).toBe('p499');
    expect(screen.getByRole('button', { name: /archived/i })).toBeDefined();
  });
});

describe('previewOf', () => {
  it.each([
    ['typing before all else', { typing: true, draft: 'x', preview: 'p' }, false, 'typing'],
    ['a draft', { draft: 'x', preview: 'p' }, false, 'draft'],
    ['no draft of the open one', { draft: 'x', preview: 'p' }, true, 'text'],
    ['what waits for somebody away', { queued: 2, presence: 'offline', preview: 'p' }, false, 'queued'],
    ['what goes out now as a message', { queued: 2, preview: 'p', previewMine: true }, false, 'mine'],
    ['a request', { contact: 'asked', preview: 'p' }, false, 'asked'],
    ['a ban', { contact: 'banned', typing: true, preview: 'p' }, false, 'banned'],
    ['a new contact', {}, false, 'made'],
  ] as const)('tells %s', (_name, change, open, kind) => {
    expect(previewOf(sampleConversation('a', change), open).kind).toBe(kind);
  });
});

describe('standingOf', () => {
  const server = {
    id: 's',
    address: 'a:1',
    mine: false,
    guest: false,
    state: 'online',
    rtt: 1,
    since: '',
    retryAt: '',
  } as const;
  it.each([
    ['offline', { online: false, lines: 3 }],
    ['lines', { lines: 3 }],
    ['none', { servers: [server] }],
    ['connecting', { servers: [{ ...server, state: 'connecting' as const }] }],
    ['away', { servers: [{ ...server, state: 'down' as const }] }],
    ['noServer', { servers: [{ ...server, guest: true }] }],
  ])('%s', (standing, change) => {
    expect(standingOf({ online: true, servers: [], lines: 0, hostAddress: '', ...change })).toBe(standing);
  });
});

describe('what is pinned and archived', () => {
  beforeEach(() => {
    act(() => {
      const { conversations } = session.getState();
      const change = (id: string, more: object) =>
        ({ ...conversations[id], ...more }) as (typeof conversations)[string];
      session.setState({
        conversations: {
          ...conversations,
          tomas: change('tomas', { pinned: 1 }),
          li: change('li', { folder: 'archived', unread: 1, quiet: true }),
        },
      });
    });
  });

  it('stands at the top, and folded away at the end', () => {
    render(list());
    expect(rows()).toEqual(['tomas', 'ana']);
    const fold = screen.getByRole('button', { name: /1 archived conversation/ });
    expect(fold.getAttribute('aria-expanded')).toBe('false');
    fireEvent.click(fold);
    expect(rows()).toEqual(['tomas', 'ana', 'li']);
    expect(screen.getByRole('button', { name: /李小梅/ }).textContent).toContain('muted');
  });

  it('is unfolded for the one that is open', () => {
    render(list());
    act(() => showConversation('li'));
    expect(rows()).toEqual(['tomas', 'ana', 'li']);
  });

  it('opens the menu of a row by the keyboard and by a right click', () => {
    render(list());
    const row = document.querySelector('[data-row="ana"]') as HTMLElement;
    fireEvent.keyDown(row, { key: 'F10', shiftKey: true });
    expect(view.getState().menu?.conversation).toBe('ana');
    act(() => view.setState({ menu: undefined }));
    fireEvent.contextMenu(row, { clientX: 30, clientY: 40 });
    expect(view.getState().menu?.at).toEqual({ left: 30, top: 40, width: 0, height: 0 });
  });

  it('leaves out what was deleted, unless it is open', () => {
    act(() => {
      const { conversations } = session.getState();
      session.setState({
        conversations: { ...conversations, ana: sampleConversation('ana', { name: 'Ana Duarte', folder: 'hidden' }) },
      });
    });
    render(list());
    expect(rows()).toEqual(['tomas']);
    act(() => showConversation('ana'));
    expect(rows()).toEqual(['tomas', 'ana']);
  });

  it.each([
    ['held back', { verified: { trust: 'differs', method: 'number', since: '' }, preview: 'p' }, 'held'],
    ['forgotten', { contact: 'forgotten', preview: 'p' }, 'forgotten'],
    ['cleared', { cleared: '2026-11-21T10:00:00.000Z' }, 'cleared'],
  ] as const)('says that one is %s', (_name, change, kind) => {
    expect(previewOf(sampleConversation('a', change), false).kind).toBe(kind);
  });
});
