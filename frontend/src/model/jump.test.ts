import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Message, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { fakeReply } from '@/backend/fake-changes';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { followQuote, forgetWays, goBack, jumps, landed } from './jump';
import { resetModel } from './reset';
import { session } from './session';
import { synchronise } from './sync';
import { followView, timelines } from './timelines';
import { showConversation } from './view';

let fake: FakeBackend;
let ends: (() => void)[] = [];
const talk = Array.from({ length: 1000 }, (_, minute) => sampleMessage('ana', minute));
const held = () => timelines.getState().open.ana?.messages.map((message) => message.id) ?? [];
const target = () => jumps.getState().target?.message;
const answerTo = (minute: number, at = 995): Message => ({
  ...(talk[at] as Message),
  reply: fakeReply(talk[minute] as Message),
});

beforeEach(async () => {
  resetModel();
  fake = new FakeBackend({
    state: sampleState([sampleConversation('ana'), sampleConversation('ole')]),
    messages: { ana: talk, ole: [] },
  });
  setBackend(fake);
  ends = [synchronise(fake), followView()];
  await vi.waitFor(() => expect(session.getState().status).toBe('ready'));
  showConversation('ana');
  await vi.waitFor(() => expect(held()).not.toEqual([]));
});

afterEach(() => {
  for (const end of ends) end();
});

describe('following a quote', () => {
  it('goes to a message that is held without asking for anything', async () => {
    const asked = fake.calls.length;
    expect(await followQuote(answerTo(980))).toBe('there');
    expect(target()).toBe('ana-980');
    expect(fake.calls).toHaveLength(asked);
    const { turn = 0 } = jumps.getState().target ?? {};
    landed(turn);
    expect(target()).toBeUndefined();
  });

  it('looks through the pages before, holds what is around it, and goes back', async () => {
    const way = followQuote(answerTo(100));
    expect(jumps.getState().looking).toBe('ana');
    expect(await way).toBe('there');
    expect(jumps.getState().looking).toBe('');
    expect(target()).toBe('ana-100');
    expect(held()).toEqual(Array.from({ length: 150 }, (_, index) => `ana-${50 + index}`));
    expect(timelines.getState().open.ana).toMatchObject({ hasBefore: true, hasAfter: true });

    await goBack('ana');
    expect(target()).toBe('ana-995');
    expect(held().at(-1)).toBe('ana-999');
    expect(held()).toContain('ana-995');
    expect(jumps.getState().ways).toEqual([]);
  });

  it('reaches the very first message', async () => {
    expect(await followQuote(answerTo(0))).toBe('there');
    expect(held()[0]).toBe('ana-0');
    expect(timelines.getState().open.ana?.hasBefore).toBe(false);
  });

  it('says that a message is gone, and leaves what is held', async () => {
    const before = held();
    const answer = answerTo(100);
    fake.takeAway('ana', 'ana-100');
    expect(await followQuote(answer)).toBe('gone');
    expect(held()).toEqual(before);
    expect(jumps.getState()).toMatchObject({ looking: '', ways: [] });
  });

  it('ends when the person goes elsewhere, and says why it could not go on', async () => {
    const way = followQuote(answerTo(100));
    showConversation('ole');
    expect(await way).toBe('left');
    expect(target()).toBeUndefined();
    showConversation('ana');
    const other = followQuote(answerTo(100));
    forgetWays('ana');
    expect(await other).toBe('left');
    fake.refuse('pageBefore', 'internal');
    await expect(followQuote(answerTo(100))).rejects.toMatchObject({ code: 'internal' });
    expect(jumps.getState().looking).toBe('');
  });
});
