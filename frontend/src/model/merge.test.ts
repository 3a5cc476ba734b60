import { describe, expect, it } from 'vitest';
import { sampleConversation, sampleMessage } from '@/backend/samples';
import { runsOf } from './merge';

const ana = sampleConversation('ana');
const [one, two] = [sampleMessage('ana', 1), sampleMessage('ana', 2)];

describe('changes that wait together', () => {
  it('are put together as far as they only add, and the later holds', () => {
    const typing = { ...ana, typing: true };
    const read = { ...one, state: 'read' as const };
    expect(
      runsOf([
        { sequence: 4, messages: [one], conversations: [typing], bansChanged: true },
        { sequence: 5, messages: [two] },
        { sequence: 6, messages: [read], conversations: [ana] },
      ]),
    ).toEqual([{ first: 4, changes: { sequence: 6, messages: [read, two], conversations: [ana], bansChanged: true } }]);
  });

  it('stay apart where something goes, and where one is missing', () => {
    const gone = { sequence: 5, removedMessages: [one.id] };
    const runs = runsOf([
      { sequence: 4, messages: [one] },
      gone,
      { sequence: 6, messages: [one] },
      { sequence: 8, messages: [two] },
    ]);
    expect(runs.map(({ first, changes }) => [first, changes.sequence])).toEqual([
      [4, 4],
      [5, 5],
      [6, 6],
      [8, 8],
    ]);
    expect(runs[1]?.changes).toBe(gone);
  });
});
