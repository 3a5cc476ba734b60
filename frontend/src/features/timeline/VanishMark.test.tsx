import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sampleMessage } from '@/backend/samples';
import { act, render, screen, watchDrawn } from '@/testing';
import { VanishMark } from './VanishMark';

const now = new Date('2026-11-21T10:45:00.000Z');
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(now);
});

afterEach(() => vi.useRealTimers());

describe('the mark of a message that disappears', () => {
  it('is not there on one that stays, or was deleted', () => {
    const { container } = render(
      <>
        <VanishMark message={sampleMessage('ana', 1)} />
        <VanishMark message={sampleMessage('ana', 2, { timer: 60, deleted: true })} />
      </>,
    );
    expect(container.textContent).toBe('');
  });

  it('says from when the time counts while it does not', () => {
    render(
      <>
        <VanishMark message={sampleMessage('ana', 1, { timer: 60 })} />
        <VanishMark message={sampleMessage('ana', 2, { timer: 60, mine: true })} />
      </>,
    );
    expect(screen.getByText('Disappears 1 minute after you read it')).toBeDefined();
    expect(screen.getByText('Disappears 1 minute after it reached their computer')).toBeDefined();
  });

  it('says what is left, and is drawn again only when that is something else', () => {
    const drawn = vi.fn();
    watchDrawn('Counting', drawn);
    render(<VanishMark message={sampleMessage('ana', 1, { timer: 3600, expires: after(150) })} />);
    expect(screen.getByText('Disappears within 3 minutes')).toBeDefined();
    expect(screen.getByText('3m')).toBeDefined();
    act(() => {
      vi.advanceTimersByTime(29_000);
    });
    expect(drawn).toHaveBeenCalledTimes(1);
    act(() => {
      vi.advanceTimersByTime(1100);
    });
    expect(screen.getByText('2m')).toBeDefined();
    expect(drawn).toHaveBeenCalledTimes(2);
    for (let second = 0; second < 130; second++) {
      act(() => {
        vi.advanceTimersByTime(1000);
      });
    }
    expect(screen.getByText('5s')).toBeDefined();
    expect(drawn.mock.calls.length).toBeLessThan(12);
    expect(vi.getTimerCount()).toBe(0);
  });
});
