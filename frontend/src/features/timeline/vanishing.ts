/** What is left, in words that are exact enough. */
export interface Left {
  value: number;
  unit: 'day' | 'hour' | 'minute' | 'second';
  /** So many milliseconds the words stay true; undefined when they stay. */
  holds: number | undefined;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** From so much time on, it is told in steps of so many milliseconds, written in a unit. */
const steps = [
  { from: 2 * day, step: day, unit: 'day', in: day },
  { from: 2 * hour, step: hour, unit: 'hour', in: hour },
  { from: minute, step: minute, unit: 'minute', in: minute },
  { from: 10 * second, step: 10 * second, unit: 'second', in: second },
  { from: Number.NEGATIVE_INFINITY, step: 5 * second, unit: 'second', in: second },
] as const;

/** How long it is until something disappears, rounded up: few steps, so that what says it changes seldom. */
export function timeLeft(milliseconds: number): Left {
  const found = steps.find(({ from }) => milliseconds > from) ?? steps[4];
  const count = Math.max(1, Math.ceil(milliseconds / found.step));
  const below = milliseconds - Math.max((count - 1) * found.step, found.from);
  return {
    value: (count * found.step) / found.in,
    unit: found.unit,
    holds: milliseconds > 0 && (count > 1 || found.from > 0) ? below : undefined,
  };
}
