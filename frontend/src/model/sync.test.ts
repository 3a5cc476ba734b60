import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { resetModel } from './reset';
import { session } from './session';
import { synchronise } from './sync';
import { openTimeline, timelines } from './timelines';
import { view } from './view';

let fake: FakeBackend;
let stop = () => {};

async function begin(): Promise<void> {
  stop = synchronise(fake);
  await vi.waitFor(() => expect(session.getState().status).not.toBe('starting'));
}

const calls = (method: string) => fake.calls.filter(([name]) => name === method).length;

beforeEach(() => {
  resetModel();
  fake = new FakeBackend({
    // After every sample.
    now: () => new Date('2026-12-01T12:00:00Z'),
    state: sampleState([sampleConversation('ana'), sampleConversation('ole')]),
    messages: { ana: [sampleMessage('ana', 1), sampleMessage('ana', 2)] },
  });
  setBackend(fake);
});

afterEach(() => stop());

describe('synchronise', () => {
  it('takes the state, then every change in sequence', async () => {
    await begin();
    expect(Object.keys(session.getState().conversations)).toEqual(['ana', 'ole']);
    fake.change('ana', { typing: true });
    fake.emit({ network: { online: false, servers: [], lines: 0, hostAddress: '' }, bansChanged: true });
    expect(session.getState().conversations.ana?.typing).toBe(true);
    expect(session.getState().network.online).toBe(false);
    expect(session.getState().sequence).toBe(3);
    expect(calls('since')).toBe(0);
  });

  it('goes on in the next conversation, and says that it is painted, when my key changed behind it', async () => {
    await begin();
    view.setState({ conversation: 'ana' });
    fake.state.conversations = [
      { ...sampleConversation('ana'), former: true, next: 'ana2' },
      sampleConversation('ole'),
      { ...sampleConversation('ana2'), following: true },
    ];
    const painted = calls('painted');
    fake.emit({ reset: true });
    await vi.waitFor(() => expect(view.getState().conversation).toBe('ana2'));
    await vi.waitFor(() => expect(timelines.getState().open.ana2).toBeDefined());
    expect(calls('painted')).toBe(painted + 1);
    view.setState({ conversation: 'ana' }); // who goes back to what was before stays there
    fake.emit({ reset: true });
    await vi.waitFor(() => expect(calls('painted')).toBe(painted + 2));
    expect(view.getState().conversation).toBe('ana');
  });

  it('keeps changes that come before Start answers', async () => {
    stop = synchronise(fake);
    fake.change('ana', { unread: 4 });
    await vi.waitFor(() => expect(session.getState().conversations.ana?.unread).toBe(4));
    expect(session.getState().sequence).toBe(2);
  });

  it('asks for what was lost, and applies what came meanwhile once', async () => {
    await begin();
    await openTimeline('ana');
    fake.arrive('ana', 'lost', true);
    fake.arrive('ana', 'seen');
    fake.arrive('ana', 'seen while asking');
    await vi.waitFor(() => expect(session.getState().sequence).toBe(4));
    expect(timelines.getState().open.ana?.messages.map((message) => message.text)).toEqual([
      'message 1',
      'message 2',
      'lost',
      'seen',
      'seen while asking',
    ]);
    expect(calls('since')).toBe(1);
  });

  it('ignores a change that it has', async () => {
    await begin();
    fake.change('ana', { unread: 1 });
    fake.state.sequence = 1;
    fake.change('ana', { unread: 9 });
    expect(session.getState().conversations.ana?.unread).toBe(1);
  });

  it('begins again when it is too far behind, and reads the open timeline again', async () => {
    await begin();
    view.setState({ conversation: 'ana' });
    fake.messages.ana?.push(sampleMessage('ana', 3));
    fake.state.sequence = 900;
    fake.state.conversations = [sampleConversation('ana', { name: 'Ana Duarte' })];
    fake.reconnect();
    await vi.waitFor(() => expect(session.getState().sequence).toBe(900));
    expect(session.getState().conversations.ana?.name).toBe('Ana Duarte');
    expect(session.getState().conversations.ole).toBeUndefined();
    await vi.waitFor(() => expect(timelines.getState().open.ana?.messages).toHaveLength(3));
  });

  it.each([
    ['the stream is back', () => fake.reconnect()],
    ['the window is visible again', () => document.dispatchEvent(new Event('visibilitychange'))],
  ])('catches up when %s', async (_name, happen) => {
    await begin();
    fake.change('ole', { unread: 2 }, true);
    happen();
    await vi.waitFor(() => expect(session.getState().conversations.ole?.unread).toBe(2));
  });

  it('knows when nobody answers behind the window, until somebody does', async () => {
    await begin();
    expect(session.getState().lost).toBe(false);
    fake.lose();
    expect(session.getState().lost).toBe(true);
    fake.change('ole', { unread: 2 }, true);
    fake.reconnect();
    expect(session.getState().lost).toBe(false);
    await vi.waitFor(() => expect(session.getState().conversations.ole?.unread).toBe(2));
  });

  it('tries again with the next change after a refused Since', async () => {
    await begin();
    fake.refuse('since', 'internal');
    fake.change('ana', { unread: 1 }, true);
    fake.change('ana', { unread: 2 });
    await vi.waitFor(() => expect(calls('since')).toBe(1));
    fake.refuse('since', undefined);
    await Promise.resolve();
    await vi.waitFor(() => {
      fake.change('ana', { unread: 3 });
      expect(session.getState().conversations.ana?.unread).toBe(3);
    });
  });

  it('says why it could not start', async () => {
    fake.refuse('start', 'read-only');
    await begin();
    expect(session.getState()).toMatchObject({ status: 'failed', failure: { code: 'read-only' } });
  });

  it('shows the conversation or the invite that was asked for outside', async () => {
    await begin();
    fake.emit({ openConversation: 'ole' });
    expect(view.getState()).toMatchObject({ place: { kind: 'conversations' }, conversation: 'ole' });
    fake.emit({ pasteInvite: 'tincan:invite/1#x' });
    expect(view.getState().dialog).toEqual({ kind: 'add-contact', tab: 'paste', link: 'tincan:invite/1#x' });
  });

  it('shows the message or the requests that a notification was about', async () => {
    await begin();
    fake.emit({ openConversation: 'ole', openMessage: 'gone' });
    await vi.waitFor(() => expect(calls('pageAround')).toBe(1));
    // A message that is not there any more leaves the conversation.
    await vi.waitFor(() => expect(view.getState().conversation).toBe('ole'));
    fake.emit({ openRequests: true });
    expect(view.getState().place).toEqual({ kind: 'requests' });
  });

  it('closes a conversation that is gone', async () => {
    await begin();
    fake.emit({ openConversation: 'ole' });
    fake.emit({ removedConversations: ['ole'] });
    expect(view.getState().conversation).toBe('');
    expect(session.getState().conversations.ole).toBeUndefined();
  });

  it('shows a problem until it is over', async () => {
    await begin();
    fake.emit({ problem: { code: 'disk-full', message: 'm', params: {} } });
    fake.emit({ bansChanged: true });
    expect(session.getState().problem?.code).toBe('disk-full');
    fake.emit({ problem: { code: '' as 'disk-full', message: '', params: {} } });
    expect(session.getState().problem).toBeUndefined();
  });
});
