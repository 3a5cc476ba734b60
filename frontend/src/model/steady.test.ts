import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Conversation } from '@/backend';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { forgetEverything } from './lock';
import { resetModel } from './reset';
import { session } from './session';
import { synchronise } from './sync';

const there = { presence: 'online', line: { state: 'idle', rtt: -1, host: '' } } as const;
const away = { presence: 'offline', line: { state: 'waiting', rtt: -1, host: '' } } as const;

let fake: FakeBackend;
let stop = () => {};

beforeEach(async () => {
  resetModel();
  fake = new FakeBackend({ state: sampleState([sampleConversation('ana', there), sampleConversation('ole', away)]) });
  setBackend(fake);
  stop = synchronise(fake);
  await vi.waitFor(() => expect(session.getState().status).toBe('ready'));
  vi.useFakeTimers();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

const row = (id: string): Conversation | undefined => session.getState().conversations[id];
const shown = (id: string) => [row(id)?.presence, row(id)?.line.state];

it('shows nothing of somebody who comes and goes, and then what holds', () => {
  const seen = new Set<string>();
  const end = session.subscribe(() => seen.add(shown('ana').join()));
  for (let turn = 0; turn < 10; turn++) {
    fake.change('ana', away);
    vi.advanceTimersByTime(2900);
    fake.change('ana', there);
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(60_000);
  expect([...seen]).toEqual(['online,idle']);
  fake.change('ana', away);
  // Other news of them is no reason to wait longer.
  vi.advanceTimersByTime(2000);
  fake.change('ana', { preview: 'One moment' });
  expect(row('ana')).toMatchObject({ presence: 'online', preview: 'One moment' });
  vi.advanceTimersByTime(999);
  expect(shown('ana')).toEqual(['online', 'idle']);
  vi.advanceTimersByTime(1);
  expect(row('ana')).toMatchObject({ ...away, preview: 'One moment' });
  end();
});

it('shows at once who comes, whose line broke, and whom a ban keeps away', () => {
  fake.change('ole', there);
  expect(shown('ole')).toEqual(['online', 'idle']);
  fake.change('ole', { line: { state: 'direct', rtt: 8, host: '' } });
  fake.change('ole', away);
  expect(shown('ole')).toEqual(['online', 'waiting']);
  fake.change('ole', { contact: 'banned', presence: 'unknown', line: { state: 'banned', rtt: -1, host: '' } });
  expect(shown('ole')).toEqual(['unknown', 'banned']);
  vi.advanceTimersByTime(60_000);
  expect(shown('ole')).toEqual(['unknown', 'banned']);
});

it('forgets who was leaving with the row, with the profile, and when all is known anew', async () => {
  fake.change('ana', away);
  fake.emit({ removedConversations: ['ana'] });
  vi.advanceTimersByTime(60_000);
  expect(row('ana')).toBeUndefined();

  fake.change('ole', there);
  fake.change('ole', away);
  fake.state.conversations = [sampleConversation('ole', { ...there, preview: 'of the state' })];
  fake.emit({ reset: true });
  await vi.waitFor(() => expect(row('ole')?.preview).toBe('of the state'));
  vi.advanceTimersByTime(60_000);
  expect(shown('ole')).toEqual(['online', 'idle']);

  fake.change('ole', away);
  forgetEverything();
  expect(vi.getTimerCount()).toBe(0);
});
