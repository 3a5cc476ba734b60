import { describe, expect, it } from 'vitest';
import { sampleMessage } from '@/backend/samples';
import {
  heldMost,
  pageSize,
  quoteOf,
  type Timeline,
  trimmed,
  withMessages,
  withNewer,
  withOlder,
  withoutMessages,
} from './timeline';

function held(minutes: number[], hasBefore = false, hasAfter = false): Timeline {
  return { conversation: 'ana', messages: minutes.map((minute) => sampleMessage('ana', minute)), hasBefore, hasAfter };
}

const ids = (timeline: Timeline) => timeline.messages.map((message) => message.id);

describe('withMessages', () => {
  it('puts messages in their order, whatever order they come in', () => {
    const grown = withMessages(held([2, 5]), [
      sampleMessage('ana', 6),
      sampleMessage('ana', 1),
      sampleMessage('ana', 3),
    ]);
    expect(ids(grown)).toEqual(['ana-1', 'ana-2', 'ana-3', 'ana-5', 'ana-6']);
  });

  it('changes one that it holds and never doubles it', () => {
    const mark = sampleMessage('ana', 5, { mine: true, state: 'read' });
    const grown = withMessages(held([2, 5]), [mark, mark]);
    expect(ids(grown)).toEqual(['ana-2', 'ana-5']);
    expect(grown.messages[1]?.state).toBe('read');
  });

  it('moves one whose order changed', () => {
    const moved = sampleMessage('ana', 2, { order: sampleMessage('ana', 9).order });
    expect(ids(withMessages(held([2, 5]), [moved]))).toEqual(['ana-5', 'ana-2']);
  });

  it('leaves what belongs outside the held stretch to its page', () => {
    const before = held([5, 6], true, true);
    expect(withMessages(before, [sampleMessage('ana', 1), sampleMessage('ana', 9)])).toBe(before);
    expect(ids(withMessages(held([5, 6], true, false), [sampleMessage('ana', 9)]))).toEqual([
      'ana-5',
      'ana-6',
      'ana-9',
    ]);
    expect(ids(withMessages(held([5, 7], true, true), [sampleMessage('ana', 6)]))).toEqual(['ana-5', 'ana-6', 'ana-7']);
  });

  it('ignores other conversations, and gives back the same when nothing changed', () => {
    const before = held([1]);
    expect(withMessages(before, [sampleMessage('ole', 2)])).toBe(before);
  });
});

describe('quotes', () => {
  const first = sampleMessage('ana', 1, { text: 'the original' });
  const answer = sampleMessage('ana', 5, { reply: quoteOf(first) });
  const talk: Timeline = { conversation: 'ana', messages: [first, answer], hasBefore: false, hasAfter: false };
  const quoted = (timeline: Timeline) => timeline.messages.at(-1)?.reply;

  it('say what the message says now, held or not', () => {
    const edited = { ...first, text: 'another text', edited: first.time };
    expect(quoted(withMessages(talk, [edited]))?.text).toBe('another text');
    const outside: Timeline = { ...talk, messages: [answer], hasBefore: true };
    const grown = withMessages(outside, [edited]);
    expect(grown.messages).toHaveLength(1);
    expect(quoted(grown)?.text).toBe('another text');
  });

  it('say that it was deleted, and nothing of one that is gone', () => {
    const deleted = { ...first, text: '', deleted: true };
    expect(quoted(withMessages(talk, [deleted]))).toMatchObject({ here: true, deleted: true, text: '' });
    expect(quoted(withoutMessages(talk, [first.id]))).toEqual({
      id: first.id,
      here: false,
      deleted: false,
      mine: false,
      author: '',
      text: '',
    });
  });

  it('are cut after 200 characters, none of them in two', () => {
    const long = quoteOf(sampleMessage('ana', 1, { text: '⛵🏝'.repeat(150) }));
    expect([...long.text]).toHaveLength(200);
    expect(long.text.endsWith('🏝')).toBe(true);
  });
});

describe('withoutMessages', () => {
  it('takes out what is gone, and gives back the same when nothing is', () => {
    const before = held([1, 2, 3], true);
    expect(ids(withoutMessages(before, ['ana-2', 'elsewhere']))).toEqual(['ana-1', 'ana-3']);
    expect(withoutMessages(before, ['elsewhere'])).toBe(before);
  });
});

describe('pages', () => {
  const page = (minutes: number[], more: boolean) => ({
    conversation: {} as never,
    messages: minutes.map((minute) => sampleMessage('ana', minute)),
    hasBefore: more,
    hasAfter: more,
    firstUnread: '',
    unreadCount: 0,
  });

  it('join without doubles where they overlap', () => {
    expect(ids(withOlder(held([4, 5], true), page([2, 3, 4], true)))).toEqual(['ana-2', 'ana-3', 'ana-4', 'ana-5']);
    const newer = withNewer(held([4, 5], true, true), page([5, 6], false));
    expect(ids(newer)).toEqual(['ana-4', 'ana-5', 'ana-6']);
    expect(newer).toMatchObject({ hasBefore: true, hasAfter: false });
  });

  it('keep at most so many messages, and know that there are more', () => {
    const many = held(Array.from({ length: heldMost + pageSize + 1 }, (_, index) => index));
    const shorter = trimmed(many, 'start');
    expect(shorter.messages).toHaveLength(heldMost);
    expect(shorter).toMatchObject({ hasBefore: true, hasAfter: false });
    expect(shorter.messages.at(-1)).toBe(many.messages.at(-1));
    expect(trimmed(many, 'end')).toMatchObject({ hasBefore: false, hasAfter: true });
    const few = held([1, 2]);
    expect(trimmed(few, 'start')).toBe(few);
  });
});
