import { useEffect, useState } from 'react';

/** Draws again every minute, for times that are written relative to now. */
export function useMinute(): void {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((turn) => turn + 1), 60_000);
    return () => clearInterval(timer);
  }, []);
}
