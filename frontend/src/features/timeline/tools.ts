/** How far the tools stand above a bubble, and the least they keep from the top of what is seen, in pixels. */
const above = 30;
const least = 14;

/** Puts the tools above a message, or lower where that would be out of sight. */
export function placeTools(bubble: HTMLElement): void {
  const log = bubble.closest('[data-log]');
  if (!log) return;
  const room = bubble.getBoundingClientRect().top - log.getBoundingClientRect().top;
  bubble.style.setProperty('--tools-top', `${Math.max(-above, least - room)}px`);
}
