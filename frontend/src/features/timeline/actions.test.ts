import { describe, expect, it } from 'vitest';
import type { ProblemCode } from '@/backend';
import { sampleConversation, sampleMessage } from '@/backend/samples';
import { type Action, actionOfKey, isPossible, limitsOf } from './actions';
import { isOneEmoji, quickEmoji } from './emoji';

const all: Action[] = ['react', 'reply', 'copy', 'edit', 'delivery', 'delete', 'more'];
const possible = (
  message = sampleMessage('ana', 0),
  contact: 'mutual' | 'banned' = 'mutual',
  problem?: ProblemCode,
) => {
  const held = problem && { code: problem, message: '', params: {} };
  const limits = limitsOf(sampleConversation('ana', { contact }), held);
  return all.filter((action) => isPossible(action, message, limits)).join(' ');
};

describe('what can be done with a message', () => {
  it('depends on whose it is, and on what is left of it', () => {
    const mine = { mine: true };
    expect(possible()).toBe('react reply copy delete more');
    expect(possible(sampleMessage('ana', 0, mine))).toBe('react reply copy edit delivery delete more');
    expect(possible(sampleMessage('ana', 0, { deleted: true }))).toBe('delete more');
    expect(possible(sampleMessage('ana', 0, { ...mine, deleted: true }))).toBe('delete more');
  });

  it('says nothing to somebody who is banned, and writes nothing where history is read-only', () => {
    const mine = sampleMessage('ana', 0, { mine: true });
    expect(possible(mine, 'banned')).toBe('copy delivery delete more');
    expect(possible(mine, 'mutual', 'database-damaged')).toBe('copy delivery more');
    expect(possible(mine, 'mutual', 'folder-read-only')).toBe('copy delivery more');
    expect(possible(mine, 'mutual', 'clock-wrong')).toBe('react reply copy edit delivery delete more');
    expect(possible(sampleMessage('ana', 0, { deleted: true }), 'mutual', 'folder-read-only')).toBe('');
  });

  it('has a key', () => {
    const key = (name: string, shiftKey = false) =>
      actionOfKey({ key: name, shiftKey, ctrlKey: false, metaKey: false, altKey: false });
    expect(['r', 'R', 'e', '+', 'Delete', 'c', 'd', 'ContextMenu'].map((name) => key(name))).toEqual([
      'reply',
      'reply',
      'edit',
      'react',
      'delete',
      'copy',
      'delivery',
      'more',
    ]);
    expect([key('F10', true), key('F10'), key('x'), key('Enter')]).toEqual(['more', undefined, undefined, undefined]);
  });
});

describe('isOneEmoji', () => {
  it.each([...quickEmoji, '👩‍👩‍👧‍👦', '🇵🇹', '1️⃣', '👍🏽', '⛵', '🏴󠁧󠁢󠁷󠁬󠁳󠁿'])('takes %s', (emoji) =>
    expect(isOneEmoji(emoji)).toBe(true),
  );
  it.each(['', 'a', '1', '👍👍', 'ahoy', ' 👍', '#'])('refuses "%s"', (text) => expect(isOneEmoji(text)).toBe(false));
});
