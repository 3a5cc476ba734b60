import { useEffect, useState } from 'react';

/** How long a trouble may last before it is said, in milliseconds: a change of network takes a moment. */
const patience = 3000;

/** True once a condition has held for a while, false as soon as it does not. */
export function useLasting(holds: boolean): boolean {
  const [lasted, setLasted] = useState(false);
  useEffect(() => {
    if (!holds) return;
    const timer = setTimeout(() => setLasted(true), patience);
    return () => {
      clearTimeout(timer);
      setLasted(false);
    };
  }, [holds]);
  return holds && lasted;
}
