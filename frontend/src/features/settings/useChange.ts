import { useState } from 'react';
import type { Settings } from '@/backend';
import { changeSettings } from '@/model';

/** Changes settings at once; what was refused last is the second. */
export function useChange(): [change: (change: Partial<Settings>) => void, failure: unknown] {
  const [failure, setFailure] = useState<unknown>();
  return [
    (change) => {
      setFailure(undefined);
      changeSettings(change).catch(setFailure);
    },
    failure,
  ];
}
