import { afterEach, describe, expect, it } from 'vitest';
import type { Message, Reaction } from '@/backend';
import { sampleMessage } from '@/backend/samples';
import { setLanguage } from '@/i18n';
import { editedWords, messageWords, quoteWords, reactionWords, timeWords } from './words';

const speaker = { peerId: 'tc1ana', name: 'Ana Duarte', shortName: 'Ana', color: 5 };
// What a local clock shows does not depend on where the test runs.
const at = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).toISOString();
const message = (change: Partial<Message> = {}) => sampleMessage('ana', 0, { time: at(20, 10, 42), ...change });
const reaction = (emoji: string, mine: boolean, authors: string[]): Reaction => ({
  emoji,
  count: authors.length,
  mine,
  authors,
});

afterEach(() => setLanguage('en'));

describe('the words of a message', () => {
  it('say both times where they differ, with the day where it is another one', () => {
    expect(timeWords(message())).toBe('10:42');
    expect(timeWords(message({ claimedTime: at(20, 10, 42), arrivedTime: at(20, 13, 5) }))).toBe(
      'Written 10:42, arrived 13:05',
    );
    expect(timeWords(message({ claimedTime: at(20, 10, 42), arrivedTime: at(21, 8, 0) }))).toBe(
      'Written 10:42, arrived 21 November at 08:00',
    );
    expect(timeWords(message({ claimedTime: at(22, 9, 0), arrivedTime: at(20, 10, 42) }))).toBe(
      'Their clock said 22 November at 09:00, arrived 10:42',
    );
  });

  it('say when it was edited, what it answers, how far it is and who reacted', () => {
    const mine = message({
      mine: true,
      state: 'read',
      text: 'He said he sold it',
      edited: at(20, 10, 50),
      reply: { id: 'x', here: true, deleted: false, mine: false, author: 'tc1ana', text: 'Look' },
      reactions: [reaction('❤️', true, ['tc1ana', 'tc1me']), reaction('⛵', false, ['tc1ana'])],
    });
    expect(messageWords(mine, speaker)).toBe(
      'You, 10:42, In reply to Ana Duarte: Look, He said he sold it, Edited 10:50, Read, ❤️ 2: You and Ana Duarte, ⛵ 1: Ana Duarte',
    );
    expect(editedWords(message())).toBe('');
  });

  it('say what is gone, and no more', () => {
    const reply = { id: 'x', here: false, deleted: false, mine: false, author: '', text: '' };
    expect(messageWords(message({ text: '', deleted: true }), speaker)).toBe('Ana Duarte, 10:42, Deleted by Ana');
    expect(messageWords(message({ text: '', deleted: true, mine: true, state: 'read' }), speaker)).toBe(
      'You, 10:42, You deleted this',
    );
    expect(quoteWords(message({ reply }))).toBe('A message that is not on this computer');
    expect(quoteWords(message({ reply: { ...reply, here: true, deleted: true } }))).toBe('A deleted message');
  });

  it('are said in Chinese', async () => {
    await setLanguage('zh-CN');
    expect(reactionWords(reaction('❤️', true, ['tc1me', 'tc1ana']), speaker)).toBe('❤️ 2：你和Ana Duarte');
    expect(messageWords(message({ text: '', deleted: true }), speaker)).toContain('Ana删除了这条消息');
  });
});
