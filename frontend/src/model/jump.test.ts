import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Page, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { jumpBack, jumpTo } from './jump';
import { resetModel } from './reset';
import { session } from './session';
import { synchronise } from './sync';
import { followView, keepPosition, showLatest, timelines } from './timelines';
import { showConversation, showSearch, view } from './view';

let fake: FakeBackend;
let ends: (() => void)[] = [];
const open = (id: string) => timelines.getState().open[id];
const calls = (method: string) => fake.calls.filter(([name]) => name === method).length;

async function begin(): Promise<void> {
  fake = new FakeBackend({
    now: () => new Date('2026-12-01T12:00:00Z'),
    state: sampleState([sampleConversation('ana'), sampleConversation('ole', { unread: 3 })]),
    messages: {
      ana: Array.from({ length: 1000 }, (_, minute) => sampleMessage('ana', minute)),
      ole: Array.from({ length: 300 }, (_, minute) => sampleMessage('ole', minute)),
    },
  });
  setBackend(fake);
  ends = [synchronise(fake), followView()];
  await vi.waitFor(() => expect(session.getState().status).toBe('ready'));
}

beforeEach(resetModel);

afterEach(() => {
  for (const end of ends) end();
});

describe('a jump', () => {
  it('reads the page around a message that is not held, and goes back to the place', async () => {
    await begin();
    showConversation('ana');
    await vi.waitFor(() => expect(open('ana')).toBeDefined());
    keepPosition('ana', { kind: 'message', message: 'ana-960', offset: 7 });
    await jumpTo('ana', 'ana-100');
    expect(open('ana')).toMatchObject({
      found: 'ana-100',
      anchor: { kind: 'found', message: 'ana-100' },
      hasBefore: true,
      hasAfter: true,
    });
    expect(open('ana')?.messages.map((message) => message.id)).toContain('ana-100');
    expect(jumpBack('ana')).toBe(true);
    await vi.waitFor(() => expect(open('ana')?.anchor).toEqual({ kind: 'message', message: 'ana-960', offset: 7 }));
    expect(open('ana')).toMatchObject({ found: '', back: undefined });
    expect(jumpBack('ana')).toBe(false);
  });

  it('asks for nothing when the message is held', async () => {
    await begin();
    showConversation('ana');
    await vi.waitFor(() => expect(open('ana')).toBeDefined());
    const serial = open('ana')?.serial ?? 0;
    await jumpTo('ana', 'ana-980');
    expect(calls('pageAround')).toBe(0);
    expect(open('ana')?.serial).toBeGreaterThan(serial);
    expect(open('ana')?.found).toBe('ana-980');
    await showLatest('ana');
    expect(open('ana')).toMatchObject({ found: '', back: undefined });
  });

  it('into another conversation stays where it landed, though opening it would go to what is unread', async () => {
    await begin();
    showConversation('ana');
    await vi.waitFor(() => expect(open('ana')).toBeDefined());
    await jumpTo('ole', 'ole-20');
    await vi.waitFor(() => expect(fake.calls).toContainEqual(['open', 'ole']));
    await vi.waitFor(() => expect(view.getState().conversation).toBe('ole'));
    await Promise.resolve();
    expect(open('ole')).toMatchObject({ anchor: { kind: 'found', message: 'ole-20' }, found: 'ole-20' });
    expect(jumpBack('ole')).toBe(true);
    await vi.waitFor(() => expect(view.getState().conversation).toBe('ana'));
  });

  it('is not undone by an answer to an earlier opening', async () => {
    await begin();
    const page = await fake.open('ole');
    let answer: (page: Page) => void = () => undefined;
    const late = new Promise<Page>((resolve) => {
      answer = resolve;
    });
    fake.open = () => late;
    showConversation('ole');
    await jumpTo('ole', 'ole-20');
    answer(page);
    await late;
    await Promise.resolve();
    expect(page.firstUnread).toBe('ole-297');
    expect(open('ole')?.found).toBe('ole-20');
  });

  it('gives way to a later one', async () => {
    await begin();
    showConversation('ana');
    await vi.waitFor(() => expect(open('ana')).toBeDefined());
    await Promise.all([jumpTo('ana', 'ana-100'), jumpTo('ana', 'ana-300')]);
    expect(open('ana')?.found).toBe('ana-300');
  });

  it('to a message that is gone moves nothing and says so', async () => {
    await begin();
    showConversation('ana');
    await vi.waitFor(() => expect(open('ana')).toBeDefined());
    const before = open('ana');
    await expect(jumpTo('ole', 'nowhere')).rejects.toMatchObject({ code: 'no-message' });
    expect(open('ana')).toBe(before);
    expect(view.getState().conversation).toBe('ana');
  });

  it('from the results goes back to them, and is forgotten when the conversation is left', async () => {
    await begin();
    showConversation('ana');
    await vi.waitFor(() => expect(open('ana')).toBeDefined());
    showSearch();
    await jumpTo('ana', 'ana-100');
    expect(view.getState().place.kind).toBe('conversations');
    expect(jumpBack('ana')).toBe(true);
    expect(view.getState().place.kind).toBe('search');
    showConversation('ana');
    expect(open('ana')?.back).toBeUndefined();
  });
});
