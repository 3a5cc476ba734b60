import { useEffect, useState } from 'react';
import { backend, type InvitePreview } from '@/backend';

/** How long a typed link rests before it is read, in milliseconds. */
const rest = 600;

export interface ReadLink {
  text: string;
  /** All at once, not letter by letter: it is read at once. */
  pasted: boolean;
}

export interface InviteAnswer {
  preview?: InvitePreview;
  failure?: unknown;
  reading: boolean;
}

/** Whom a link leads to; nothing is sent. */
export function useInvite({ text, pasted }: ReadLink): InviteAnswer {
  const [asked, setAsked] = useState('');
  const [answer, setAnswer] = useState<{ text: string; preview?: InvitePreview; failure?: unknown }>();

  useEffect(() => {
    if (text.trim() === '') return;
    let gone = false;
    const timer = setTimeout(
      () => {
        setAsked(text);
        backend()
          .readInvite(text)
          .then(
            (preview) => {
              if (!gone) setAnswer({ text, preview });
            },
            (failure: unknown) => {
              if (!gone) setAnswer({ text, failure });
            },
          );
      },
      pasted ? 0 : rest,
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [text, pasted]);

  // What was answered holds only for the text that it was asked for.
  if (answer?.text === text && text.trim() !== '') return { ...answer, reading: false };
  return { reading: asked === text && text.trim() !== '' };
}

/** The text in a field after a change, and whether it came all at once. */
export function changedLink(before: string, text: string): ReadLink {
  return { text, pasted: Math.abs(text.length - before.length) > 1 };
}
