import { describe, expect, it } from 'vitest';
import { sampleMessage } from '@/backend/samples';
import { timelineRows } from './rows';

const shape = (rows: ReturnType<typeof timelineRows>) =>
  rows.map((row) => `${row.first ? '[' : ' '}${row.last ? ']' : ' '}`);

describe('timelineRows', () => {
  it('groups one author within five minutes of the message before', () => {
    const rows = timelineRows(
      [
        sampleMessage('ana', 0),
        sampleMessage('ana', 5),
        sampleMessage('ana', 11),
        sampleMessage('ana', 12, { mine: true }),
        sampleMessage('ana', 13),
      ],
      false,
      undefined,
    );
    expect(shape(rows)).toEqual(['[ ', ' ]', '[]', '[]', '[]']);
  });

  it('begins a group at a new day and at the line of new messages', () => {
    const late = sampleMessage('ana', 1, { time: new Date(2026, 10, 21, 23, 59).toISOString() });
    const early = sampleMessage('ana', 2, { time: new Date(2026, 10, 22, 0, 1).toISOString() });
    const next = sampleMessage('ana', 3, { time: new Date(2026, 10, 22, 0, 2).toISOString() });
    const rows = timelineRows([late, early, next], false, next.id);
    expect(rows.map((row) => [row.day, row.newLine, row.first, row.last])).toEqual([
      [true, false, true, true],
      [true, false, true, true],
      [false, true, true, true],
    ]);
  });

  it('shows the beginning only when it is there, and no day that may move when an older page comes', () => {
    const messages = [sampleMessage('ana', 1), sampleMessage('ana', 2)];
    expect(timelineRows(messages, false, undefined)[0]).toMatchObject({ beginning: true, day: true });
    expect(timelineRows(messages, true, undefined)[0]).toMatchObject({ beginning: false, day: false });
    expect(timelineRows([], false, undefined)).toEqual([]);
  });

  it('keeps the rows that say what they said, also when a message comes', () => {
    const messages = [sampleMessage('ana', 0), sampleMessage('ana', 11), sampleMessage('ana', 30)];
    const before = timelineRows(messages, false, undefined);
    expect(timelineRows([...messages], false, undefined).every((row, at) => row === before[at])).toBe(true);
    const after = timelineRows([...messages, sampleMessage('ana', 31)], false, undefined);
    expect(after.map((row, at) => row === before[at])).toEqual([true, true, false, false]);
    expect(shape(after)).toEqual(['[]', '[]', '[ ', ' ]']);
  });
});
