import { isPressed, keysOfComposer } from '@/ui';

/** Bytes that one message may have, in UTF-8. */
export const textMost = 32 * 1024;
/** From here on the composer counts. */
export const countFrom = 30 * 1024;

const encoder = new TextEncoder();

/** The bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

export interface Measure {
  bytes: number;
  /** The count is shown. */
  counted: boolean;
  tooLong: boolean;
  /** There is something to send, and it may be sent. */
  sendable: boolean;
}

/** What the composer must know of its text. A UTF-16 unit has at most three bytes, so short texts are not encoded. */
export function measureText(text: string): Measure {
  const bytes = text.length * 3 <= countFrom ? 0 : byteLength(text);
  const tooLong = bytes > textMost;
  return { bytes, counted: bytes > countFrom, tooLong, sendable: !tooLong && text.trim() !== '' };
}

/** KiB with one digit, never rounded down to a limit that is crossed. */
export function kibibytes(bytes: number): string {
  return (Math.ceil((bytes / 1024) * 10) / 10).toFixed(1);
}

/** Whether a key press sends: not while an input method composes (229 is its key code in older engines). */
export function sendsMessage(event: {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
  keyCode: number;
}): boolean {
  return isPressed(event, keysOfComposer.send) && !event.isComposing && event.keyCode !== 229;
}
