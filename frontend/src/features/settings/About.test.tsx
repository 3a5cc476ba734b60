import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { setLanguage } from '@/i18n';
import { lateWords } from '@/i18n/en/late';
import { applyState, session } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
import { AboutPage } from './AboutPage';
import { findingText } from './findings';
import './index';
import { licences } from './licences';
import { keyTables, ShortcutsPage } from './ShortcutsPage';

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
  it('checks when asked, says what it found, and copies it without people', async () => {
    const writeText = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    render(<AboutPage />);
    expect(fake.calls).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Check now' }));
    await screen.findByText(/1 minute|100 seconds/);
    expect(screen.getByText(/hallo.example.org does not/)).toBeDefined();
    expect(screen.getByText(/4 things to look at · Checked in 1.8 s/)).toBeDefined();
    expect(document.body.textContent).toContain('Relay, Good');
    expect(await clean()).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Copy report' }));
    await waitFor(() => expect(writeText).toHaveBeenCalledOnce());
    expect(writeText.mock.calls[0]?.[0]).toContain('Clock [With a loss]');
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

  it('lists what is inside', async () => {
    render(<AboutPage />);
    fireEvent.click(screen.getByRole('button', { name: 'Licences' }));
    expect((await screen.findByRole('dialog', { name: 'What is inside' })).textContent).toContain('preact');
    act(() => void fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});

describe('findings', () => {
  afterEach(() => setLanguage('en'));

  it('have words for every cause that the check names, and no cause is made up', async () => {
    const source = readFileSync(join(root, 'backend/app/connection.go'), 'utf8');
    const codes = [...source.matchAll(/\bfound\((?:Grade\w+|grade\(off\)), "([a-z-]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(codes.length).toBeGreaterThan(25);
    expect([...new Set(codes)].sort()).toEqual(Object.keys(lateWords.about.cause).sort());
    await setLanguage('zh-CN');
    for (const code of codes) {
      const params = { host: 'h', hosts: 'h', up: '1', all: '2', rtt: '3', address: 'a', seconds: '7231' };
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
