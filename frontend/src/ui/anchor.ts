/** A part of the window, in CSS pixels from its top left corner. A point has no size. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The part of the window that an element takes now. */
export function boxOf(element: Element): Box {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, width, height };
}
