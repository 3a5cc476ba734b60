import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LogLine, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { fakeEvents } from '@/backend/fake-events';
import { sampleConversation, sampleState } from '@/backend/samples';
import { network } from '@/backend/scene-data';
import { setLanguage } from '@/i18n';
import { lateWords } from '@/i18n/en/late';
import { applyState, session } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
import { AboutPage } from './AboutPage';
import { EventLog, mostDrawn } from './EventLog';
import { findingText } from './findings';
import './index';
import { licences } from './licences';
import { reportOf } from './logText';
import { keyTables, ShortcutsPage } from './ShortcutsPage';
import { logEvery } from './useLog';

const root = join(import.meta.dirname, '../../../..');
let fake: FakeBackend;

beforeEach(() => {
  resetModel();
  fake = new FakeBackend({ state: sampleState([]) });
  setBackend(fake);
  session.setState(applyState(session.getState(), sampleState([])));
});

const clean = async () => {
  const { violations } = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
};

describe('AboutPage', () => {
  afterEach(() => setLanguage('en'));

  it('checks when asked, says what it found, and copies it without people', async () => {
    const writeText = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    render(<AboutPage />);
    expect(fake.calls.map(([name]) => name)).not.toContain('checkConnection');
    fireEvent.click(screen.getByRole('button', { name: 'Check now' }));
    await screen.findByText(/1 minute|100 seconds/);
    expect(screen.getByText(/hallo.example.org does not/)).toBeDefined();
    expect(screen.getByText(/4 things to look at · Checked in 1.8 s/)).toBeDefined();
    expect(document.body.textContent).toContain('Relay, Good');
    expect(await clean()).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Copy report' }));
    await waitFor(() => expect(writeText).toHaveBeenCalledOnce());
    const report = String(writeText.mock.calls[0]?.[0]);
    expect(report).toContain('Clock [With a loss]');
    expect(report).toContain('Healthy, 184,201 messages, checked in 0.8 s.');
    expect(report).toMatch(/line #1 {2}Direct · 8 ms/);
    const told = /example|192\.168|203\.0|Ana|Jonas/i;
    expect(document.body.textContent).toMatch(told);
    expect(report).not.toMatch(told);
  });

  it('says why it could not check, and checks again', async () => {
    render(<AboutPage />);
    fake.refuse('checkConnection', 'late');
    fireEvent.click(screen.getByRole('button', { name: 'Check now' }));
    expect((await screen.findByRole('alert')).textContent).not.toBe('');
    fake.refuse('checkConnection', undefined);
    fireEvent.click(screen.getByRole('button', { name: 'Check now' }));
    await screen.findByRole('button', { name: 'Check again' });
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says what is new, in plain text; Esc closes it and gives the focus back', async () => {
    await setLanguage('zh-CN');
    render(<AboutPage />);
    const button = screen.getByRole('button', { name: '新内容' });
    button.focus();
    fireEvent.click(button);
    const dialog = await screen.findByRole('dialog', { name: '新内容' });
    await waitFor(() => expect(dialog.querySelectorAll('li')).toHaveLength(3));
    expect(dialog.querySelector('ul')?.lang).toBe('en');
    expect(dialog.textContent).toContain('以下列表为英文。');
    expect(dialog.contains(document.activeElement)).toBe(true);
    expect(await clean()).toEqual([]);
    act(() => void fireEvent.keyDown(dialog, { key: 'Escape' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(button));
    await setLanguage('en');
    fireEvent.click(screen.getByRole('button', { name: 'What is new' }));
    await waitFor(() => expect(screen.getByRole('dialog').querySelectorAll('li')).toHaveLength(3));
    expect(screen.getByRole('dialog').textContent).not.toContain('English.');
  });

  it('says why what is new cannot be read', async () => {
    render(<AboutPage />);
    fake.refuse('news', 'late');
    fireEvent.click(screen.getByRole('button', { name: 'What is new' }));
    expect((await screen.findByRole('alert')).textContent).not.toBe('');
  });

  it('lists what is inside', async () => {
    render(<AboutPage />);
    fireEvent.click(screen.getByRole('button', { name: 'Licences' }));
    expect((await screen.findByRole('dialog', { name: 'What is inside' })).textContent).toContain('preact');
    act(() => void fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});

describe('EventLog', () => {
  const line = (change: Partial<LogLine>): LogLine => ({
    ...{ time: '2026-03-03T10:42:07.000Z', kind: 'line-closed', problem: false, conversation: '', server: '' },
    ...{ rule: '', from: '', path: '', rtt: -1, code: '', count: 1 },
    ...change,
  });
  const rows = () => [...document.querySelectorAll('li')].map((row) => row.textContent?.replace(/\s+/g, ' '));

  afterEach(() => {
    vi.useRealTimers();
    return setLanguage('en');
  });

  it('tells what happened with names, newest first, and problems alone', async () => {
    const people = [
      sampleConversation('ana', { name: 'Ana Duarte' }),
      sampleConversation('jonas', { name: 'Jonas Weber' }),
    ];
    const now = new Date('2026-03-03T10:42:10Z');
    session.setState(applyState(session.getState(), sampleState(people, { network: network(now) })));
    const lines = fakeEvents(now, network(now));
    render(<EventLog lines={lines} />);
    expect(rows()).toHaveLength(lines.length);
    expect(rows()[0]).toMatch(/^\d\d:\d\d:\d\d line Ana Direct · 8 ms$/);
    expect(rows()[1]).toMatch(/line Jonas Relayed · 64 ms · lines\.example\.net$/);
    expect(rows()[3]).toMatch(/server lines\.example\.net does not answer × 3$/);
    expect(rows()[4]).toMatch(/ban 203\.0\.113\.0\/24 matched 203\.0\.113\.0\/24, dropped × 12$/);
    expect(rows()[5]).toMatch(/mailbox 1 sealed for Ana on lines\.example\.net$/);
    expect(document.querySelector('time')?.textContent).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(await clean()).toEqual([]);
    fireEvent.click(screen.getByRole('radio', { name: 'Problems' }));
    expect(rows()).toHaveLength(lines.filter(({ problem }) => problem).length);
  });

  it('says that there is nothing, and draws no more than it has to', () => {
    const { rerender } = render(<EventLog lines={[]} />);
    expect(rows()).toEqual(['Nothing so far.']);
    fireEvent.click(screen.getByRole('radio', { name: 'Problems' }));
    expect(rows()).toEqual(['Nothing so far.']);
    fireEvent.click(screen.getByRole('radio', { name: 'All' }));
    rerender(
      <EventLog
        lines={Array.from({ length: 500 }, (_, at) => line({ time: new Date(9e11 - at * 1e3).toISOString() }))}
      />,
    );
    expect(rows()).toHaveLength(mostDrawn);
    rerender(<EventLog lines={undefined} />);
    expect(rows()).toEqual([]);
  });

  it('has words for every kind, in both languages, also of what is not known any more', async () => {
    const kinds = [
      ...readFileSync(join(root, 'backend/app/log_types.go'), 'utf8').matchAll(/ LogKind = "([a-z-]+)"/g),
    ].map((match) => match[1] as LogLine['kind']);
    expect(kinds.length).toBeGreaterThan(10);
    for (const language of ['en', 'zh-CN'] as const) {
      await setLanguage(language);
      const all = kinds.flatMap((kind) => [
        line({ kind, path: 'lan' }),
        line({ kind, path: 'relayed', rtt: 3, server: 'gone', conversation: 'gone', code: 'server-key', count: 2 }),
      ]);
      const report = reportOf([], all, '1', session.getState().network);
      expect(report).not.toMatch(/undefined|\{\{|about\.|gone/);
      expect(report.split('\n')).toHaveLength(all.length + 1);
    }
  });

  it('asks again while the page is seen, also after a refusal', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = () => fake.calls.filter(([name]) => name === 'log').length;
    const { unmount } = render(<AboutPage />);
    expect(asked()).toBe(1);
    await act(() => vi.advanceTimersByTimeAsync(logEvery));
    expect(asked()).toBe(2);
    fake.refuse('log', 'late');
    await act(() => vi.advanceTimersByTimeAsync(logEvery));
    fake.refuse('log', undefined);
    await act(() => vi.advanceTimersByTimeAsync(logEvery));
    expect(asked()).toBe(4);
    unmount();
    await vi.advanceTimersByTimeAsync(3 * logEvery);
    expect(asked()).toBe(4);
  });
});

describe('findings', () => {
  afterEach(() => setLanguage('en'));

  it('have words for every cause that the check names, and no cause is made up', async () => {
    const source = ['connection', 'connection_disk']
      .map((name) => readFileSync(join(root, `backend/app/${name}.go`), 'utf8'))
      .join('');
    const codes = [...source.matchAll(/\bfound\((?:Grade\w+|grade\(off\)), "([a-z-]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(codes.length).toBeGreaterThan(25);
    expect([...new Set(codes)].sort()).toEqual(Object.keys(lateWords.about.cause).sort());
    await setLanguage('zh-CN');
    for (const code of codes) {
      const params = { host: 'h', hosts: 'h', up: '1', all: '2', rtt: '3', address: 'a', seconds: '7231', kept: '2' };
      const text = findingText({ code, grade: 'bad', message: '', params });
      expect(text, code).not.toMatch(/undefined|\{\{/);
      expect(text, code).toMatch(/[\u4e00-\u9fff]|^h：/);
    }
    expect(findingText({ code: 'new-thing', grade: 'bad', message: 'As it is.', params: {} })).toBe('As it is.');
  });
});

describe('licences', () => {
  it('name everything that is depended on, and nothing else', () => {
    const names = new Set(licences.map(([name]) => name));
    const ours = JSON.parse(readFileSync(join(root, 'frontend/package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    // What another one stands for is inside under its own name.
    const packages = Object.entries(ours.dependencies).map(
      ([name, version]) => /^npm:(.+)@/.exec(version)?.[1] ?? name,
    );
    const modules = readFileSync(join(root, 'go.mod'), 'utf8');
    const direct = [...(modules.split('require (')[1]?.split(')')[0] ?? '').matchAll(/^\t(\S+) v/gm)].map(
      (match) => match[1] ?? '',
    );
    // For servers, load and tests only: not in this program.
    const elsewhere = [
      'connectrpc.com/connect',
      'github.com/HdrHistogram/hdrhistogram-go',
      'github.com/VictoriaMetrics/metrics',
      'github.com/gobwas/ws',
      'github.com/lesismal/nbio',
      'github.com/nats-io/nats-server/v2',
      'github.com/nats-io/nats.go',
      'github.com/pion/stun/v3',
      'github.com/pion/turn/v5',
      'go.uber.org/goleak',
      'golang.org/x/term',
      'pgregory.net/rapid',
    ];
    const wanted = [...packages, ...direct.filter((name) => !elsewhere.includes(name))];
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
    const others = [...names].filter((name) => !packages.includes(name) && !modules.includes(`\t${name} v`));
    expect(others).toEqual(['SQLite']);
  });
});

describe('ShortcutsPage', () => {
  it('lists every key of the tables, each with a name, and is clean for axe', async () => {
    render(<ShortcutsPage />);
    const rows = document.querySelectorAll('dl > div');
    const keys = Object.values(keyTables).flatMap((table) => Object.keys(table));
    expect(rows).toHaveLength(keys.length);
    for (const row of rows) {
      expect(row.querySelector('dt')?.textContent).toMatch(/^[A-Z]/);
      expect(row.querySelectorAll('kbd').length).toBeGreaterThan(0);
    }
    expect(await clean()).toEqual([]);
  });
});
