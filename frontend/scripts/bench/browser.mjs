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

/** Tasks of the main thread while something is done: how long each took by the clock and of the processor, in milliseconds. */
export async function tasksOf(page, work) {
  const events = await traced(page, ['disabled-by-default-devtools.timeline', 'blink.user_timing'], async () => {
    await page.evaluate(() => performance.mark('bench-begin'));
    await work();
    await page.evaluate(() => performance.mark('bench-end'));
  });
  const begin = events.find((event) => event.name === 'bench-begin');
  const end = events.find((event) => event.name === 'bench-end');
  return events
    .filter(
      ({ name, ph, pid, tid, ts }) =>
        name === 'RunTask' && ph === 'X' && pid === begin.pid && tid === begin.tid && ts >= begin.ts && ts <= end.ts,
    )
    .map(({ dur, tdur }) => ({ clock: dur / 1000, processor: (tdur ?? 0) / 1000 }));
}

/**
 * Presses keys in a field, and gives how long each took in milliseconds: from the browser's event to the swap of the frame
 * that shows its character, and to the moment when the page had painted that frame. Between the two is the wait for the
 * screen, and drawing.
 */
export async function keyPresses(page, field, count) {
  await field.focus();
  await page.evaluate(() => {
    if (window.benchKeys) return;
    window.benchKeys = true;
    addEventListener('keydown', ({ timeStamp }) => performance.mark('bench-key', { startTime: timeStamp }), true);
  });
  const letters = 'the ferry leaves at nine ';
  const events = await traced(page, ['devtools.timeline', 'blink.user_timing', 'benchmark', 'viz'], async () => {
    for (let at = 0; at < count; at++) {
      await page.keyboard.press(letters[at % letters.length] === ' ' ? 'Space' : letters[at % letters.length]);
      // Presses fall anywhere between two frames, as a person's do.
      await rest(90 + ((at * 37) % 50));
    }
    await rest(200);
  });
  events.sort((one, other) => one.ts - other.ts);
  const after = (from, holds) => events.find((event) => event.ts > from && holds(event));
  const presses = { swapped: [], painted: [] };
  for (const press of events.filter((event) => event.name === 'bench-key')) {
    const input = after(
      press.ts,
      ({ name, args, pid }) => name === 'EventDispatch' && args.data?.type === 'input' && pid === press.pid,
    );
    const paint = input && after(input.ts, ({ name, pid }) => name === 'Paint' && pid === press.pid);
    const given = paint && after(paint.ts, ({ name, ph }) => name === 'SubmitToReceiveCompositorFrame' && ph === 'b');
    const swap = given && after(given.ts, ({ name, ph }) => name === 'Graphics.Pipeline.DrawAndSwap' && ph === 'e');
    if (!swap) continue;
    presses.painted.push((paint.ts + paint.dur - press.ts) / 1000);
    presses.swapped.push((swap.ts - press.ts) / 1000);
  }
  return presses;
}

/**
 * Does something that causes an event, and gives how long it took from that event until a frame was painted in which
 * `shown(argument)` holds, in milliseconds. Both run in the page, so `shown` may use nothing from here.
 */
async function untilPainted(page, event, shown, argument, act) {
  const watch = (name, isShown, given) => {
    window.benchPainted = new Promise((resolve) => {
      const begin = ({ timeStamp }) => {
        const look = () => {
          // A message is delivered after the frame that this call belongs to was painted: what stands then is what it shows.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            const now = performance.now();
            if (isShown(given)) resolve(now - timeStamp);
            else requestAnimationFrame(look);
          };
          port2.postMessage(0);
        };
        requestAnimationFrame(look);
      };
      addEventListener(name, begin, { once: true, capture: true });
    });
  };
  await page.evaluate(`(${watch})(${JSON.stringify(event)}, ${shown}, ${JSON.stringify(argument)})`);
  await act();
  const painted = page.evaluate('window.benchPainted');
  const ended = new AbortController();
  const late = rest(30_000, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`${argument} was never shown`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([painted, late]);
  } finally {
    ended.abort();
  }
}

/** Clicks a conversation's row, and gives how long it took until its newest message was painted, in milliseconds. */
export async function switchTo(page, conversation, text) {
  const shown = (words) => {
    const log = document.querySelector('[data-log]');
    const last = [...(log?.querySelectorAll('[data-message]') ?? [])].at(-1);
    const place = last?.getBoundingClientRect();
    return place && last.textContent.includes(words) && place.bottom <= log.getBoundingClientRect().bottom;
  };
  const place = await page.locator(`[data-row="${conversation}"]`).boundingBox();
  return await untilPainted(page, 'click', shown, text, () =>
    page.mouse.click(place.x + 80, place.y + place.height / 2),
  );
}

/** Presses a key in the switcher, and gives how long it took until what `text` finds was painted, in milliseconds. */
export async function findIn(page, key, text) {
  // The way into the search quotes what the options answer.
  const shown = (words) =>
    [...document.querySelectorAll('[role="dialog"] [role="option"]')].at(-1)?.textContent.includes(`“${words}”`);
  return await untilPainted(page, 'keydown', shown, text, () => page.keyboard.press(key));
}

/** Presses a key in the search, and gives how long it took until the messages with `text` were painted, in milliseconds. */
export async function searchFor(page, key, text) {
  // How many there are is said when they are there.
  const shown = (words) => {
    const place = document.querySelector('[data-place="search"]');
    const hit = place?.querySelector('[role="option"] mark');
    return (
      place?.querySelector('h1').textContent.includes(`“${words}”`) &&
      place.querySelector('[role="status"]').textContent !== '' &&
      hit
    );
  };
  return await untilPainted(page, 'keydown', shown, text, () => page.keyboard.press(key));
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
    for (let at = 1; at < times.length; at++)
      dropped += Math.max(0, Math.round((times[at] - times[at - 1]) / frame) - 1);
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
