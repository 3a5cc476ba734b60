// The status, as long as somebody looks: a stream that is opened again when it breaks.
import { stream } from './api.js';

const silence = 5_000; // ms without a message, when one a second is due
const mostWait = 15_000; // ms between tries

/**
 * Follows the status until stop() is called. seen(status) comes with each; broken() when nothing comes any more;
 * left() when the login ended.
 */
export function follow({ seen, broken, left }) {
  let stopped = false;
  let tries = 0;
  let timer;
  let watchdog;
  let control;

  function later() {
    if (stopped) return;
    broken();
    const wait = Math.min(mostWait, 500 * 2 ** tries) * (0.75 + Math.random() / 2);
    tries += 1;
    timer = setTimeout(run, wait);
  }

  function guard() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => control?.abort(), silence);
  }

  async function run() {
    clearTimeout(timer);
    control = new AbortController();
    guard();
    try {
      await stream(
        'WatchStatus',
        (message) => {
          if (stopped) return;
          tries = 0;
          guard();
          seen(message.status);
        },
        control.signal,
      );
      clearTimeout(watchdog);
      later(); // the server said goodbye
    } catch (error) {
      clearTimeout(watchdog);
      if (stopped) return;
      if (error.code === 'unauthenticated') left();
      else later();
    }
  }

  // Whoever comes back online waits no longer.
  const online = () => {
    if (tries > 0) {
      tries = 0;
      run();
    }
  };
  addEventListener('online', online);
  run();
  return () => {
    stopped = true;
    removeEventListener('online', online);
    clearTimeout(timer);
    clearTimeout(watchdog);
    control?.abort();
  };
}
