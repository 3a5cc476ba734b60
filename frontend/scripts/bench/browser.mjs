// Chromium as the measurement uses it: traces, long tasks, frames, and memory.
import { setTimeout as rest } from 'node:timers/promises';

/** A frame of 60 in a second, in milliseconds. */
export const frame = 1000 / 60;

/** The value below which a share q of the samples lies; q from 0 to 1. */
export function quantile(samples, q) {
  if (samples.length === 0) throw new Error('nothing was measured');
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(q * sorted.length), sorted.length - 1)];
}

export const milliseconds = (value) => `${value.toFixed(1)} ms`;

/** Median, p95 and worst of samples in milliseconds, in words. */
export const spread = (samples) =>
  `median ${milliseconds(quantile(samples, 0.5))}, worst ${milliseconds(quantile(samples, 1))} of ${samples.length}`;

/** Does something while Chromium writes a trace, and gives the trace's events. */
export async function traced(page, categories, work) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories });
  await work();
  return JSON.parse((await browser.stopTracing()).toString()).traceEvents;
}

/** Runs of the main thread's tasks while something is done, longer than 50 ms: by the clock, and by the processor. */
export async function longTasks(page, work) {
  const events = await traced(page, ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata', 'blink.user_timing'], async () => {
    await page.evaluate(() => performance.mark('bench-begin'));
    await work();
    await page.evaluate(() => performance.mark('bench-end'));
  });
  const marks = events.filter((event) => event.name === 'bench-begin' || event.name === 'bench-end');
  const [{ pid, tid, ts: from }, { ts: to }] = marks;
  const tasks = events.filter(
    (event) => event.name === 'RunTask' && event.ph === 'X' && event.pid === pid && event.tid === tid && event.ts >= from && event.ts <= to,
  );
  const over = (value) => value > 50_000;
  return {
    tasks: tasks.length,
    byClock: tasks.filter((task) => over(task.dur)).map((task) => task.dur / 1000),
    byProcessor: tasks.filter((task) => over(task.tdur ?? 0)).map((task) => task.tdur / 1000),
    longest: Math.max(...tasks.map((task) => task.dur)) / 1000,
    longestByProcessor: Math.max(...tasks.map((task) => task.tdur ?? 0)) / 1000,
  };
}

/**
 * How long each key press took, in milliseconds, from the browser's event to the frame that shows its character, and to the
 * moment when the page had given that frame away.
 */
export async function keyPresses(page, field, count) {
  await field.focus();
  const letters = 'the ferry leaves at nine ';
  const events = await traced(page, ['devtools.timeline', 'blink.user_timing', '__metadata'], async () => {
    for (let at = 0; at < count; at++) {
      await page.keyboard.press(letters[at % letters.length] === ' ' ? 'Space' : letters[at % letters.length]);
      // Presses fall anywhere between two frames, as a person's do.
      await rest(90 + ((at * 37) % 50));
    }
  });
  const presses = events
    .filter((event) => event.name === 'EventTiming' && event.ph === 'b' && event.args.data?.type === 'keydown')
    .map((event) => event.args.data);
  return {
    shown: presses.map(({ duration }) => duration),
    // What is left is the wait for the screen's next frame, and painting it.
    given: presses.map(({ timeStamp, commitFinishTime }) => commitFinishTime - timeStamp),
  };
}

/** Begins to note when frames begin in a page; the end gives the share of frames that were not shown in time. */
export async function watchFrames(page) {
  await page.evaluate(() => {
    const frames = [];
    const note = (time) => {
      frames.push(time);
      window.benchFrames.next = requestAnimationFrame(note);
    };
    window.benchFrames = { frames, next: requestAnimationFrame(note) };
  });
  return async () => {
    const times = await page.evaluate(() => {
      cancelAnimationFrame(window.benchFrames.next);
      return window.benchFrames.frames;
    });
    let dropped = 0;
    for (let at = 1; at < times.length; at++) dropped += Math.max(0, Math.round((times[at] - times[at - 1]) / frame) - 1);
    return { frames: times.length - 1 + dropped, dropped, time: times.at(-1) - times[0] };
  };
}

/** The bytes of a page's script heap that are left after the engine collected what nobody holds. */
export async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  for (let turn = 0; turn < 3; turn++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
