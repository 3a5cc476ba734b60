/** A window without frames (hidden, or covered) takes what waits after so many milliseconds all the same. */
const unseenPause = 100;
/** So many in a row, each close behind the one before, are shown at once whatever it takes: only what goes on is a burst. */
const few = 8;
/** What comes within so many milliseconds after the last was shown is close behind it. */
const close = 50;
/** What was shown in fewer milliseconds is no burden on a frame: the next is shown at once, too. */
const cheap = 3;
/** So many milliseconds may be spent on showing one thing after the other, each in the next frame. */
const allowance = 60;
/** In a burst, which goes on beyond that, showing takes one part in so many of the time: the rest belongs to whoever types and scrolls. */
const parts = 20;
/** The longest pause of a burst, in milliseconds: so often it is seen to go on. */
const longestPause = 400;

export interface Pace<Item> {
  /** Gives it on at once, or in a moment together with what else comes. The order is kept. */
  add: (item: Item) => void;
  /** Gives on at once what waits. */
  now: () => void;
  /** Forgets what waits. */
  stop: () => void;
}

/**
 * Collects what comes faster than it can be shown. What comes now and then, or is shown with ease, is given on at once; in
 * a burst what follows waits for the next frame, and there are frames without any of it in between.
 */
export function paced<Item>(take: (items: Item[]) => void): Pace<Item> {
  let waiting: Item[] = [];
  let giving = false;
  let resting = false;
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The frame that shows what was given on, whose time is taken. */
  let drawing = 0;
  /** What showing took lately, in milliseconds; it is forgotten as time passes. */
  let spent = 0;
  let last = 0;
  /** How many came close behind each other. */
  let row = 0;

  function endRest(): void {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    resting = false;
  }

  function give(inFrame = false): void {
    if (giving || waiting.length === 0) return;
    const began = performance.now();
    row = began - last > close && !inFrame ? 1 : row + 1;
    giving = true;
    try {
      while (waiting.length > 0) take(waiting.splice(0));
    } finally {
      giving = false;
    }
    // React renders in a microtask that was queued when the stores changed: this one comes after it.
    queueMicrotask(() => {
      const done = performance.now();
      spend(done - Math.max(began, last));
      if (row > few && done - began >= cheap) rest();
      if (inFrame) drawn(done);
      else if (drawing === 0) drawing = requestAnimationFrame(() => drawn(performance.now()));
    });
  }

  /** In a frame: counts what laying out and painting take. The next task begins after both. */
  function drawn(from: number): void {
    setTimeout(() => {
      drawing = 0;
      spend(performance.now() - from);
      if (row > few && spent > allowance) rest();
    });
  }

  function spend(took: number): void {
    const now = performance.now();
    spent = Math.max(0, spent - (now - last) / parts) + took;
    last = now;
  }

  function rest(): void {
    endRest();
    const pause = Math.min(longestPause, Math.max(0, spent - allowance) * parts);
    resting = true;
    const untilFrame = () => {
      frame = requestAnimationFrame(() => goOn(true));
      timer = setTimeout(goOn, unseenPause);
    };
    if (pause > 0) timer = setTimeout(untilFrame, pause);
    else untilFrame();
  }

  function goOn(inFrame = false): void {
    endRest();
    give(inFrame);
  }

  return {
    add: (item) => {
      waiting.push(item);
      if (!resting) give();
    },
    now: () => goOn(),
    stop: () => {
      endRest();
      cancelAnimationFrame(drawing);
      waiting = [];
    },
  };
}
