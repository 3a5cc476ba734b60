/** How far the tools stand above a bubble, and the least they keep from the top of what is seen, in pixels. */
const above = 30;
const least = 14;

/** Puts the tools above the message that they are in, or lower where that would be out of sight. */
export function placeTools(tools: HTMLElement): void {
  const bubble = tools.parentElement;
  const log = tools.closest('[data-log]');
  if (!bubble || !log) return;
  const room = bubble.getBoundingClientRect().top - log.getBoundingClientRect().top;
  tools.style.top = `${Math.max(-above, least - room)}px`;
}
