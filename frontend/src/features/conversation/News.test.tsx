import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Line } from '@/backend';
import { sampleConversation } from '@/backend/samples';
import { resetModel } from '@/model/reset';
import { act, render, screen } from '@/testing';
import { ConversationHeader } from './index';

beforeEach(() => {
  resetModel();
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const header = (state: Line['state'], rtt = -1) => (
  <ConversationHeader
    conversation={sampleConversation('ana', { name: 'Ana Duarte', line: { state, rtt, host: '' } })}
    detailsOpen={false}
    onDetails={() => undefined}
  />
);

it('says a line that changes all the time politely, at most once in ten seconds, and then what holds', () => {
  const { rerender } = render(header('idle'));
  const region = screen.getByRole('status');
  expect(region.getAttribute('aria-live') ?? 'polite').toBe('polite');
  expect(region.textContent).toBe('');
  const said: { at: number; words: string }[] = [];
  /** Lets time pass, and writes down when something is said. */
  const pass = (milliseconds: number) => {
    for (let left = milliseconds; left > 0; left -= 500) {
      act(() => vi.advanceTimersByTime(500));
      const words = region.textContent;
      if (words !== (said.at(-1)?.words ?? '')) said.push({ at: Date.now(), words });
    }
  };
  const turns = ['direct', 'waiting', 'relayed', 'no-network', 'lan', 'connecting'] as const;
  const lasting = [500, 4000, 7500, 11_000, 13_000];
  for (let turn = 0; turn < 120; turn++) {
    rerender(header(turns[turn % turns.length] ?? 'idle', 5));
    // Most are over before they are said.
    pass(lasting[turn % lasting.length] ?? 0);
  }
  rerender(header('direct', 8));
  pass(60_000);
  expect(said.length).toBeGreaterThan(10);
  const pauses = said.slice(1).map(({ at }, index) => at - (said[index]?.at ?? at));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(10_000);
  expect(said.at(-1)?.words).toBe('The line to Ana is open: Direct');

  // Another delay is no change of the line.
  const count = said.length;
  rerender(header('direct', 300));
  pass(60_000);
  expect(said).toHaveLength(count);
});
