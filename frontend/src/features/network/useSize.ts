import { useCallback, useState } from 'react';

export interface Size {
  width: number;
  height: number;
}

/** How large an element is, in whole pixels; undefined before it was measured. The first value is put on the element as its ref. */
export function useSize(): [(element: HTMLElement | null) => (() => void) | undefined, Size | undefined] {
  const [size, setSize] = useState<Size>();
  const measure = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    const take = () => {
      const next = { width: element.clientWidth, height: element.clientHeight };
      setSize((held) => (held?.width === next.width && held.height === next.height ? held : next));
    };
    take();
    const observer = new ResizeObserver(take);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [measure, size];
}
