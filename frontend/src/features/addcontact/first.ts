/** Bytes of a first message, at most. */
export const mostFirst = 1024;

/** How large a first message goes out: without the white space around it, in UTF-8. */
export function sizeOf(message: string): number {
  return new TextEncoder().encode(message.trim()).length;
}
