import type { Box } from './anchor';

export type Side = 'top' | 'bottom' | 'left' | 'right';

export interface Wish {
  side: Side;
  /** Which edges stand in line; in right-to-left text the start is on the right. */
  align: 'start' | 'center' | 'end';
  /** Pixels between the two. */
  offset: number;
}

interface Size {
  width: number;
  height: number;
}

/** So far from the window's edges everything stays, in pixels. */
const margin = 12;
const opposite = { top: 'bottom', bottom: 'top', left: 'right', right: 'left' } as const;

/** How much room there is beside a box. */
function roomAt(at: Box, side: Side, window: Size, offset: number): number {
  const free = {
    top: at.top,
    bottom: window.height - at.top - at.height,
    left: at.left,
    right: window.width - at.left - at.width,
  };
  return free[side] - offset - margin;
}

function within(from: number, length: number, room: number): number {
  return Math.max(margin, Math.min(from, room - margin - length));
}

/** Where something of a size stands beside a box: on the other side when there is more room, and always inside of the window. */
export function placeBeside(from: Box, size: Size, window: Size, wish: Wish, rtl: boolean) {
  const { align, offset } = wish;
  // A window may have become smaller since.
  const at = { ...from, left: Math.min(from.left, window.width), top: Math.min(from.top, window.height) };
  let { side } = wish;
  const upright = side === 'top' || side === 'bottom';
  const length = upright ? size.height : size.width;
  const room = roomAt(at, side, window, offset);
  if (length > room && roomAt(at, opposite[side], window, offset) > room) side = opposite[side];
  const most = roomAt(at, side, window, offset);
  const height = upright ? Math.min(size.height, most) : size.height;
  const along = (begin: number, whole: number, part: number, end: boolean) =>
    align === 'center' ? begin + (whole - part) / 2 : end ? begin + whole - part : begin;
  const beside = {
    top: at.top - offset - height,
    bottom: at.top + at.height + offset,
    left: at.left - offset - size.width,
    right: at.left + at.width + offset,
  }[side];
  const ends = (align === 'end') !== (rtl && upright);
  return upright
    ? { left: within(along(at.left, at.width, size.width, ends), size.width, window.width), top: beside, most }
    : { left: beside, top: within(along(at.top, at.height, height, ends), height, window.height), most };
}

/** Puts an element that is fixed to the window beside a box. */
export function putBeside(element: HTMLElement, at: Box, wish: Wish): void {
  const root = document.documentElement;
  element.style.maxHeight = '';
  element.style.overflowY = '';
  const size = { width: element.offsetWidth, height: element.offsetHeight };
  const window = { width: root.clientWidth, height: root.clientHeight };
  const rtl = getComputedStyle(root).direction === 'rtl';
  const { left, top, most } = placeBeside(at, size, window, wish, rtl);
  element.style.left = `${Math.round(left)}px`;
  element.style.top = `${Math.round(top)}px`;
  if (size.height <= most || wish.side === 'left' || wish.side === 'right') return;
  element.style.maxHeight = `${most}px`;
  element.style.overflowY = 'auto';
}
