/** A piece of a text: words, or an address that may be opened. */
export interface Piece {
  /** Where it begins in the text, in UTF-16 units. */
  at: number;
  text: string;
  address?: string;
}

const candidate = /\bhttps?:\/\/[^\s<>"'`{}|\\^]+/giu;
/** What may end the sentence, or the mark of a format, around an address. */
const trailing = new Set('.,;:!?…。，、；：！？\'"’”»）】》*');

/** Where an address ends without what belongs to the text around it. One pass from its end: a text can be nothing else. */
function trimmedAddress(text: string): string {
  const opened = { ')': text.indexOf('('), ']': text.indexOf('[') };
  let end = text.length;
  for (;;) {
    const last = text.charAt(end - 1);
    const first = last === ')' || last === ']' ? opened[last] : undefined;
    const unbalanced = first !== undefined && (first < 0 || first >= end);
    if (!trailing.has(last) && !unbalanced) return text.slice(0, end);
    end -= 1;
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
