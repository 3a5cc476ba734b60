import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { attention } from './attention';
import { resetModel } from './reset';
import { session } from './session';
import { synchronise } from './sync';
import { heldMost, pageSize } from './timeline';
import {
  applyMessages,
  followView,
  keepPosition,
  loadNewer,
  loadOlder,
  placeAnswer,
  showLatest,
  timelines,
  trimTimeline,
} from './timelines';
import { showConversation, showSettings, view } from './view';

let fake: FakeBackend;
let ends: (() => void)[] = [];
const ana = () => timelines.getState().open.ana;

beforeEach(async () => {
  resetModel();
  const names = ['ana', 'ole', 'b', 'c', 'd', 'e'];
  fake = new FakeBackend({
    // After every sample.
    now: () => new Date('2026-12-01T12:00:00Z'),
    state: sampleState(names.map((name) => sampleConversation(name, { unread: name === 'ole' ? 3 : 0 }))),
    messages: {
      ana: Array.from({ length: 1000 }, (_, minute) => sampleMessage('ana', minute)),
      ole: Array.from({ length: 10 }, (_, minute) => sampleMessage('ole', minute)),
    },
  });
  setBackend(fake);
  ends = [synchronise(fake), followView()];
  await vi.waitFor(() => expect(session.getState().status).toBe('ready'));
});

afterEach(() => {
  for (const end of ends) end();
});

describe('timelines', () => {
  it('open at the end when everything is read, at the first unread message otherwise', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()?.anchor).toEqual({ kind: 'end' }));
    expect(ana()).toMatchObject({ hasBefore: true, hasAfter: false, newLine: undefined });
    showConversation('ole');
    await vi.waitFor(() => expect(timelines.getState().open.ole?.newLine).toEqual({ message: 'ole-7', count: 3 }));
    expect(timelines.getState().open.ole?.anchor).toEqual({ kind: 'unread', message: 'ole-7' });
  });

  it('stay as they are when they open again and nothing is new', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    const serial = ana()?.serial;
    showConversation('ole');
    await vi.waitFor(() => expect(timelines.getState().open.ole).toBeDefined());
    const opened = vi.spyOn(fake, 'open');
    showConversation('ana');
    await vi.waitFor(() => expect(opened).toHaveBeenCalled());
    await opened.mock.results[0]?.value;
    expect(ana()?.serial).toBe(serial);
  });

  it('are bounded while another conversation is open, and end where they end', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    showConversation('ole');
    await vi.waitFor(() => expect(timelines.getState().open.ole).toBeDefined());
    const arriving = Array.from({ length: 1500 }, (_, at) => sampleMessage('ana', 1000 + at));
    for (let at = 0; at < arriving.length; at += 100) applyMessages(arriving.slice(at, at + 100));
    expect(ana()?.messages.length).toBeLessThanOrEqual(heldMost + pageSize);
    expect(ana()?.messages.at(-1)?.id).toBe(arriving.at(-1)?.id);
    expect(ana()).toMatchObject({ hasBefore: true, hasAfter: false });
  });

  it('open again where they were left, without the "new messages" line', async () => {
    showConversation('ole');
    await vi.waitFor(() => expect(timelines.getState().open.ole).toBeDefined());
    await fake.markRead('ole', 'ole-9');
    const serial = timelines.getState().open.ole?.serial;
    keepPosition('ole', { kind: 'message', message: 'ole-3', offset: 12 });
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    showConversation('ole');
    await vi.waitFor(() => expect(fake.calls.filter(([name]) => name === 'open')).toHaveLength(3));
    expect(timelines.getState().open.ole).toMatchObject({
      serial,
      newLine: undefined,
      anchor: { kind: 'message', message: 'ole-3', offset: 12 },
    });
  });

  it('page back and forth through many messages and hold few', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    for (let turn = 0; turn < 9; turn++) {
      await loadOlder('ana');
      trimTimeline('ana', 'end');
    }
    expect(ana()?.messages.length).toBeLessThanOrEqual(700);
    expect(ana()).toMatchObject({ hasAfter: true, side: expect.any(String) as string });
    const first = ana()?.messages[0]?.id;
    expect(first).toBe('ana-50');
    await loadNewer('ana');
    const list = ana()?.messages ?? [];
    for (const [index, message] of list.entries()) expect(message.id).toBe(`ana-${50 + index}`);
    await showLatest('ana');
    expect(ana()?.messages.at(-1)?.id).toBe('ana-999');
    expect(ana()?.anchor).toEqual({ kind: 'end' });
  });

  it('do not ask for a page twice at the same time, nor beyond the ends', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    await Promise.all([loadOlder('ana'), loadOlder('ana'), loadNewer('ana')]);
    expect(fake.calls.filter(([name]) => name === 'pageBefore')).toHaveLength(1);
    expect(fake.calls.filter(([name]) => name === 'pageAfter')).toHaveLength(0);
  });

  it('jump to the end that is held instead of asking for it', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    const before = ana();
    await showLatest('ana');
    expect(ana()).toMatchObject({ serial: before?.serial, jumps: (before?.jumps ?? 0) + 1 });
  });

  it('draw the line before what arrives while the window is in the background', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    fake.arrive('ana', 'seen');
    expect(ana()?.newLine).toBeUndefined();
    await fake.markRead('ana', ana()?.messages.at(-1)?.id ?? '');
    attention.setState({ focused: false });
    const first = fake.arrive('ana', 'one');
    fake.arrive('ana', 'two');
    expect(ana()?.newLine).toEqual({ message: first.id, count: 2 });
  });

  it('keep what changes said of a message when the answer of the call comes after them', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    const sent = await fake.sendText('ana', 'hello');
    fake.mark('ana', sent.id, 'read');
    placeAnswer(sent);
    expect(ana()?.messages.at(-1)).toMatchObject({ id: sent.id, state: 'read' });
    const early = { ...sent, id: 'early', order: `${sent.order}1` };
    placeAnswer(early);
    expect(ana()?.messages.at(-1)).toMatchObject({ id: 'early', state: 'queued' });
  });

  it('have what arrived, changed or went while their page was on its way', async () => {
    let answer: (() => void) | undefined;
    const open = fake.open;
    fake.open = async (conversation) => {
      const page = await open(conversation);
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return page;
    };
    showConversation('ole');
    await vi.waitFor(() => expect(answer).toBeDefined());
    const arrived = sampleMessage('ole', 20);
    fake.emit({ messages: [arrived, { ...sampleMessage('ole', 3), text: 'edited' }], removedMessages: ['ole-4'] });
    answer?.();
    await vi.waitFor(() => expect(timelines.getState().open.ole).toBeDefined());
    const shown = timelines.getState().open.ole?.messages ?? [];
    expect(shown.at(-1)).toEqual(arrived);
    expect(shown.find(({ id }) => id === 'ole-3')?.text).toBe('edited');
    expect(shown.some(({ id }) => id === 'ole-4')).toBe(false);
  });

  it('lose what disappears, wherever it stands', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    const held = ana();
    fake.takeAway('ana', 'ana-990');
    fake.takeAway('ana', 'ana-5');
    expect(ana()?.messages.map((message) => message.id)).not.toContain('ana-990');
    expect(ana()?.messages).toHaveLength((held?.messages.length ?? 0) - 1);
    expect(ana()?.removals).toBe(1);
    expect(ana()?.serial).toBe(held?.serial);
    expect(session.getState().conversations.ana?.preview).toBe('message 999');
  });

  it('open where the next message stands when the one that was read disappears', async () => {
    showConversation('ole');
    await vi.waitFor(() => expect(timelines.getState().open.ole).toBeDefined());
    await fake.markRead('ole', 'ole-9');
    keepPosition('ole', { kind: 'message', message: 'ole-3', offset: 12 });
    fake.takeAway('ole', 'ole-3');
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    expect(timelines.getState().open.ole?.anchor).toEqual({ kind: 'message', message: 'ole-4', offset: 0 });
    fake.takeAway('ole', 'ole-4');
    expect(timelines.getState().open.ole?.anchor).toEqual({ kind: 'message', message: 'ole-5', offset: 0 });
  });

  it('keep the line of new messages before what is left of them', async () => {
    const line = () => timelines.getState().open.ole?.newLine;
    showConversation('ole');
    await vi.waitFor(() => expect(line()).toEqual({ message: 'ole-7', count: 3 }));
    fake.takeAway('ole', 'ole-2');
    expect(line()).toEqual({ message: 'ole-7', count: 3 });
    fake.takeAway('ole', 'ole-7');
    expect(line()).toEqual({ message: 'ole-8', count: 2 });
    fake.takeAway('ole', 'ole-9');
    expect(line()).toEqual({ message: 'ole-8', count: 1 });
    fake.takeAway('ole', 'ole-8');
    expect(line()).toBeUndefined();
  });

  it('are read anew when everything that was held disappears', async () => {
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    const gone = ana()?.messages.map((message) => message.id) ?? [];
    fake.messages.ana?.splice(-gone.length);
    fake.emit({ removedMessages: gone });
    await vi.waitFor(() => expect(ana()?.messages.at(-1)?.id).toBe(`ana-${999 - gone.length}`));
  });

  it('say that a conversation cannot be opened, and open it at the next try', async () => {
    fake.refuse('open', 'internal');
    showConversation('ana');
    await vi.waitFor(() => expect(timelines.getState().failures.ana?.code).toBe('internal'));
    fake.refuse('open', undefined);
    view.setState({ conversation: '' });
    showConversation('ana');
    await vi.waitFor(() => expect(ana()).toBeDefined());
    expect(timelines.getState().failures.ana).toBeUndefined();
  });

  it('are forgotten after five others', async () => {
    for (const id of ['ana', 'ole', 'b', 'c', 'd', 'e']) {
      showConversation(id);
      await vi.waitFor(() => expect(timelines.getState().open[id]).toBeDefined());
    }
    expect(Object.keys(timelines.getState().open).sort()).toEqual(['b', 'c', 'd', 'e', 'ole']);
  });

  it('are left when the settings cover them', async () => {
    showConversation('ole');
    await vi.waitFor(() => expect(timelines.getState().open.ole?.newLine).toBeDefined());
    showSettings();
    expect(timelines.getState().open.ole?.newLine).toBeUndefined();
  });
});
