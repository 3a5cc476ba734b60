/** How often and after how long, in milliseconds, a place is looked for: it comes with the next view. */
const tries = 10;
const pause = 50;

/** Whether whatever had the focus is gone from the window. */
function lost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** Puts the focus on the first element of a selector, when it was lost with the view that had it. */
export function focusWhenLost(selector: string, left = tries): void {
  setTimeout(() => {
    const element = document.querySelector<HTMLElement>(selector);
    if (element && lost()) element.focus();
    else if (left > 1) focusWhenLost(selector, left - 1);
  }, pause);
}
