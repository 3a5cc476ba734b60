import { useEffect, useRef, useState } from 'react';

/** How long a message that was jumped to stays marked, in milliseconds. Its ground fades at the end (MessageRow.module.css). */
const markTime = 2400;

/** The focus goes to a message that was jumped to, once. Returns the message while it is marked, '' afterwards. */
export function useLanding(found: string, focus: (message: string) => void): string {
  const landed = useRef(found === '');
  const [marked, setMarked] = useState(found);

  useEffect(() => {
    if (landed.current) return;
    landed.current = true;
    focus(found);
  });

  useEffect(() => {
    if (found === '') return;
    const timer = setTimeout(() => setMarked(''), markTime);
    return () => clearTimeout(timer);
  }, [found]);

  return marked;
}
