import { useRef, useState } from 'react';
import { backend, type FoundPerson } from '@/backend';

/** What is in the fields of the tab, which stays while another one is looked at. */
export interface Wanted {
  handle: string;
  message: string;
}

export interface HandleAnswer {
  found?: FoundPerson;
  failure?: unknown;
  /** The question is on its way. */
  asking: boolean;
  ask: () => void;
}

/**
 * Who has a handle. The server that is asked learns whom one looks for, and counts the questions: it is asked when somebody
 * wants it, not with every letter.
 */
export function useHandle(text: string): HandleAnswer {
  const [answer, setAnswer] = useState<{ text: string; found?: FoundPerson; failure?: unknown; asking: boolean }>();
  const latest = useRef(0);

  function ask(): void {
    latest.current += 1;
    const mine = latest.current;
    setAnswer({ text, asking: true });
    backend()
      .findHandle(text)
      .then(
        (found) => {
          if (mine === latest.current) setAnswer({ text, found, asking: false });
        },
        (failure: unknown) => {
          if (mine === latest.current) setAnswer({ text, failure, asking: false });
        },
      );
  }

  // What was answered holds only for the text that it was asked for.
  return answer?.text === text ? { ...answer, ask } : { asking: false, ask };
}
