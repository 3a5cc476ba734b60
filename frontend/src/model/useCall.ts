import { useState } from 'react';

export interface Call {
  /** It is under way: what asks for it shows that, and does not ask again. */
  pending: boolean;
  /** Why the last one was refused, undefined if it was not. */
  failure: unknown;
  run: (call: () => Promise<unknown>) => void;
}

/** A call that a person asked for with a button, from the press to what came of it. */
export function useCall(): Call {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  function run(call: () => Promise<unknown>): void {
    setPending(true);
    setFailure(undefined);
    call()
      .catch(setFailure)
      .finally(() => setPending(false));
  }

  return { pending, failure, run };
}
