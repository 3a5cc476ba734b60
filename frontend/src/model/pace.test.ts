import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Pace, paced } from './pace';

/** How long showing takes, in milliseconds. */
let takes = 0;
let given: number[][] = [];
let pace: Pace<number>;
let busy = 0;

beforeEach(() => {
  vi.useFakeTimers();
  busy = 0;
  given = [];
  const clock = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => clock() + busy);
  pace = paced((items) => {
    given.push(items);
    busy += takes;
  });
});

afterEach(() => {
  pace.stop();
  vi.useRealTimers();
});

/** Lets time pass, and what waits for a frame with it. */
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** Lets a burst begin; what was given on until then does not count. */
async function burst() {
  takes = 4;
  for (let at = 0; at < 9; at++) pace.add(at);
  await pass(0);
  given = [];
}

describe('what comes faster than it can be shown', () => {
  it('is given on at once while it is shown with ease', async () => {
    takes = 1;
    for (const one of [1, 2]) pace.add(one);
    await pass(0);
    pace.add(3);
    expect(given).toEqual([[1], [2], [3]]);
  });

  it('is given on at once while there are few, whatever that takes', async () => {
    takes = 100;
    for (let at = 0; at < 20; at++) {
      pace.add(at);
      expect(given).toHaveLength(at + 1);
      await pass(60);
    }
  });

  it('is collected until the next frame in a burst', async () => {
    await burst();
    pace.add(11);
    pace.add(12);
    expect(given).toEqual([]);
    await pass(17);
    expect(given).toEqual([[11, 12]]);
    await pass(1000);
    expect(given).toHaveLength(1);
  });

  it('leaves frames in between in a burst, and is all there in order', async () => {
    takes = 30;
    const count = 2000;
    for (let at = 0; at < count; at++) {
      pace.add(at);
      await pass(1);
    }
    await pass(500);
    expect(given.flat()).toEqual(Array.from({ length: count }, (_, at) => at));
    // Some frames before it counts as a burst, then between two and three in a second.
    expect(given.length).toBeGreaterThan(9);
    expect(given.length).toBeLessThan(18);
  });

  it('rests when laying out and painting take long, too', async () => {
    takes = 1;
    vi.stubGlobal('requestAnimationFrame', (show: () => void) =>
      Number(
        setTimeout(() => {
          show();
          busy += 40;
        }, 16),
      ),
    );
    for (let at = 0; at < 100; at++) {
      pace.add(at);
      await pass(10);
    }
    await pass(500);
    expect(given.flat()).toHaveLength(100);
    expect(given.length).toBeLessThan(30);
  });

  it('is given on without frames, too', async () => {
    vi.stubGlobal('requestAnimationFrame', () => 0);
    await burst();
    pace.add(10);
    await pass(99);
    expect(given).toEqual([]);
    await pass(1);
    expect(given).toEqual([[10]]);
  });

  it('is given on at once when that is asked for, and forgotten at the end', async () => {
    await burst();
    pace.add(10);
    pace.now();
    expect(given).toEqual([[10]]);
    await pass(0);
    pace.add(11);
    pace.stop();
    await pass(1000);
    expect(given).toEqual([[10]]);
  });

  it('keeps its order when it comes while something is given on', () => {
    const seen: number[] = [];
    const inner = paced<number>((items) => {
      for (const item of items) {
        if (item === 1) inner.add(3);
        seen.push(item);
      }
    });
    inner.add(1);
    inner.add(4);
    expect(seen).toEqual([1, 3, 4]);
  });
});
