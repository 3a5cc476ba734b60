/** A piece of a message: plain text, or an address that may be opened. */
export interface Piece {
  /** Where it begins in the message, in UTF-16 units. */
  at: number;
  text: string;
  address?: string;
}

const candidate = /\bhttps?:\/\/[^\s<>"'`{}|\\^]+/giu;
const trailing = /[.,;:!?…。，、；：！？'"’”»）】》]+$/u;

/** An address without the punctuation that ends the sentence around it. */
function trimmedAddress(text: string): string {
  let address = text;
  for (;;) {
    const shorter = address.replace(trailing, '');
    const unbalanced =
      (shorter.endsWith(')') && !shorter.includes('(')) || (shorter.endsWith(']') && !shorter.includes('['));
    const next = unbalanced ? shorter.slice(0, -1) : shorter;
    if (next === address) return address;
    address = next;
  }
}

/** The address as a browser reads it (so that a look-alike host shows its true letters), or undefined when it is none. */
export function linkAddress(text: string): string | undefined {
  try {
    const url = new URL(text);
    const fine =
      (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' && !url.username && !url.password;
    return fine ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Splits a text at its http and https addresses. Joined again, the pieces are the text. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(candidate)) {
    const shown = trimmedAddress(match[0]);
    const address = linkAddress(shown);
    if (!address) continue;
    if (match.index > done) pieces.push({ at: done, text: text.slice(done, match.index) });
    pieces.push({ at: match.index, text: shown, address });
    done = match.index + shown.length;
  }
  if (done < text.length) pieces.push({ at: done, text: text.slice(done) });
  return pieces;
}
