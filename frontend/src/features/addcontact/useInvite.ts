import { useEffect, useState } from 'react';
import { backend, type InvitePreview } from '@/backend';

/** How long a typed link rests before it is read, in milliseconds. */
const rest = 600;

/** What is in the field for a link. */
export interface LinkText {
  text: string;
  /** It came all at once, or was asked for: it is read without a rest. */
  atOnce: boolean;
  /** How often it was asked for. */
  asked: number;
}

export interface InviteAnswer {
  preview?: InvitePreview;
  failure?: unknown;
  /** The question is on its way. */
  reading: boolean;
}

/** Whom a link leads to; nothing is sent to them. */
export function useInvite({ text, atOnce, asked }: LinkText): InviteAnswer {
  const [answer, setAnswer] = useState<InviteAnswer & { text: string }>();

  useEffect(() => {
    // An empty field is only an error once somebody wants to go on with it.
    if (text.trim() === '' && asked === 0) return;
    let gone = false;
    const read = () => {
      // What is known of this text stays, with the field that has the focus by then.
      setAnswer((held) => ({ ...(held?.text === text && held.preview ? held : { text }), reading: true }));
      backend()
        .readInvite(text)
        .then(
          (preview) => {
            if (!gone) setAnswer({ text, preview, reading: false });
          },
          (failure: unknown) => {
            if (!gone) setAnswer({ text, failure, reading: false });
          },
        );
    };
    const timer = setTimeout(read, atOnce ? 0 : rest);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [text, atOnce, asked]);

  // What was answered holds only for the text that it was asked for.
  return answer?.text === text ? answer : { reading: false };
}

/** The field after a change: what replaced a part of it by more than a letter was pasted or dropped. */
export function changedLink(before: string, text: string): LinkText {
  const most = Math.min(before.length, text.length);
  let head = 0;
  while (head < most && before[head] === text[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === text.at(-1 - tail)) tail++;
  return { text, atOnce: text.length - head - tail > 1, asked: 0 };
}

/** The same field when somebody pressed Enter in it. */
export function askedLink(link: LinkText): LinkText {
  return { ...link, atOnce: true, asked: link.asked + 1 };
}
