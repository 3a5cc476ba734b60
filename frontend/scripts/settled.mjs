// Waiting for a page by what it does.

/** Waits until what was pressed is drawn: two frames. */
export function drawn(page) {
  return page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** Waits until a page has come to rest: nothing in it changes for a while. */
export function settled(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        let timer;
        const watched = new MutationObserver(() => again());
        const again = () => {
          clearTimeout(timer);
          timer = setTimeout(() => {
            watched.disconnect();
            resolve();
          }, 250);
        };
        watched.observe(document.documentElement, { subtree: true, childList: true, characterData: true });
        again();
      }),
  );
}

/** Waits for fades: half a fade has half a contrast, and is not where it will be. */
export const stillness = (at) =>
  at.evaluate(() => {
    const moving = document.getAnimations().filter((one) => one.effect.getComputedTiming().iterations === 1);
    return Promise.all(moving.map((one) => one.finished.catch(() => undefined))).then(() => undefined);
  });
