import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { backend, type LineTraffic, type Traffic } from '@/backend';
import { askAgain } from './watch';

/** How often what lines carry is asked for while somebody looks, in milliseconds. */
export const trafficEvery = 1000;

/** How many answers without a new byte it takes until a line is still. */
const stillAfter = 2;

export interface LinesNow {
  /** The last answer; undefined: none came yet. */
  traffic: Traffic | undefined;
  byConversation: Readonly<Record<string, LineTraffic>>;
  /** Whose lines carry something now, and after how many answers more they count as still. */
  busy: Readonly<Record<string, number>>;
  /** Why the last question was refused. */
  failure: unknown;
}

const nothing: LinesNow = { traffic: undefined, byConversation: {}, busy: {}, failure: undefined };

export const linesNow = createStore<LinesNow>()(() => nothing);

export function useLinesNow<Value>(select: (state: LinesNow) => Value): Value {
  return useStore(linesNow, select);
}

export function forgetTraffic(): void {
  linesNow.setState(nothing, true);
}

/** Takes an answer: lines whose numbers grew are busy for a moment. */
export function takeTraffic(before: LinesNow, traffic: Traffic): LinesNow {
  const byConversation: Record<string, LineTraffic> = {};
  const busy: Record<string, number> = {};
  for (const line of traffic.lines) {
    byConversation[line.conversation] = line;
    const held = before.byConversation[line.conversation];
    const grew = held !== undefined && line.opened !== '' && (line.received > held.received || line.sent > held.sent);
    const left = grew ? stillAfter : (before.busy[line.conversation] ?? 0) - 1;
    if (left > 0 && line.opened !== '') busy[line.conversation] = left;
  }
  return { traffic, byConversation, busy, failure: undefined };
}

/** Asks while somebody looks. Returns what ends it. */
export function watchTraffic(): () => void {
  const end = askAgain(trafficEvery, (ended) =>
    backend()
      .traffic()
      .then(
        (traffic) => {
          if (!ended()) linesNow.setState(takeTraffic(linesNow.getState(), traffic), true);
        },
        (failure: unknown) => {
          if (!ended()) linesNow.setState({ failure });
        },
      ),
  );
  return () => {
    end();
    forgetTraffic();
  };
}
