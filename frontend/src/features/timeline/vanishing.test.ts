import { describe, expect, it } from 'vitest';
import { timeLeft } from './vanishing';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('timeLeft', () => {
  it.each([
    [90 * day, 90, 'day'],
    [2 * day + 1, 3, 'day'],
    [2 * day, 48, 'hour'],
    [2 * hour + 1, 3, 'hour'],
    [2 * hour, 120, 'minute'],
    [minute + 1, 2, 'minute'],
    [minute, 60, 'second'],
    [41 * second, 50, 'second'],
    [10 * second, 10, 'second'],
    [3 * second, 5, 'second'],
    [0, 5, 'second'],
    [-hour, 5, 'second'],
  ] as const)('%d ms are %d %ss', (left, value, unit) => expect(timeLeft(left)).toMatchObject({ value, unit }));

  it('holds until the words are others, and not longer than they are true', () => {
    for (let left = 3 * day + 17 * minute + 123; ; ) {
      const { value, unit, holds } = timeLeft(left);
      if (holds === undefined) {
        expect([value, unit]).toEqual([5, 'second']);
        break;
      }
      expect(holds).toBeGreaterThan(0);
      const still = timeLeft(left - holds + 1);
      expect([still.value, still.unit]).toEqual([value, unit]);
      const next = timeLeft(left - holds);
      expect([next.value, next.unit]).not.toEqual([value, unit]);
      left -= holds;
    }
  });

  it('changes seldom: a day takes fewer than two hundred steps', () => {
    let steps = 0;
    for (let left = day, holds = timeLeft(left).holds; holds !== undefined; holds = timeLeft(left).holds) {
      left -= holds;
      steps += 1;
    }
    expect(steps).toBeLessThan(200);
  });
});
