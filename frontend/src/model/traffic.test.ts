import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend, type Traffic } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { resetModel } from './reset';
import { linesNow, takeTraffic, trafficEvery, watchTraffic } from './traffic';

const line = (change: Partial<Traffic['lines'][number]> = {}): Traffic => ({
  received: 10,
  sent: 10,
  lines: [
    {
      ...{
        conversation: 'ana',
        received: 10,
        sent: 10,
        opened: '2026-11-21T10:00:00.000Z',
        family: 'ipv4',
        delays: [8],
      },
      ...change,
    },
  ],
});

let fake: FakeBackend;
let end = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  resetModel();
  fake = new FakeBackend({ state: sampleState([sampleConversation('ana')]) });
  setBackend(fake);
});

afterEach(() => {
  end();
  end = () => {};
  vi.useRealTimers();
});

const asked = () => fake.calls.filter(([name]) => name === 'traffic').length;

describe('watchTraffic', () => {
  it('asks at once, then once a second, and no more when nobody looks', async () => {
    fake.carried = line();
    end = watchTraffic();
    await vi.advanceTimersByTimeAsync(1);
    expect(linesNow.getState().byConversation.ana?.received).toBe(10);
    await vi.advanceTimersByTimeAsync(5 * trafficEvery);
    expect(asked()).toBe(6);
    end();
    await vi.advanceTimersByTimeAsync(5 * trafficEvery);
    expect(asked()).toBe(6);
    expect(linesNow.getState().traffic).toBeUndefined();
  });

  it('does not ask while the window is hidden', async () => {
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    end = watchTraffic();
    await vi.advanceTimersByTimeAsync(5 * trafficEvery);
    expect(asked()).toBe(0);
    hidden.mockReturnValue('visible');
    await vi.advanceTimersByTimeAsync(trafficEvery);
    expect(asked()).toBe(1);
  });

  it('keeps what it knows when it is refused, and tries again', async () => {
    fake.carried = line();
    end = watchTraffic();
    await vi.advanceTimersByTimeAsync(1);
    fake.refuse('traffic', 'closed');
    await vi.advanceTimersByTimeAsync(trafficEvery);
    expect(linesNow.getState().failure).toMatchObject({ code: 'closed' });
    expect(linesNow.getState().traffic?.received).toBe(10);
    fake.refuse('traffic', undefined);
    await vi.advanceTimersByTimeAsync(trafficEvery);
    expect(linesNow.getState().failure).toBeUndefined();
  });
});

describe('takeTraffic', () => {
  const first = takeTraffic(linesNow.getInitialState(), line());

  it('calls a line busy when its numbers grew, for a moment', () => {
    expect(first.busy).toEqual({});
    const grown = takeTraffic(first, line({ sent: 12 }));
    expect(Object.keys(grown.busy)).toEqual(['ana']);
    const still = takeTraffic(grown, line({ sent: 12 }));
    expect(Object.keys(still.busy)).toEqual(['ana']);
    expect(takeTraffic(still, line({ sent: 12 })).busy).toEqual({});
  });

  it('never calls a line busy that is not open', () => {
    expect(takeTraffic(first, line({ sent: 99, opened: '' })).busy).toEqual({});
  });
});
