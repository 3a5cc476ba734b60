/** A text with what was found in it marked. Ranges are in order and do not touch; whatever does not fit the text is left out. */
export function FoundText({ text, ranges }: { text: string; ranges: readonly { start: number; end: number }[] }) {
  const pieces: { at: number; shown: string; marked: boolean }[] = [];
  let at = 0;
  for (const { start, end } of ranges) {
    if (start < at || end <= start || end > text.length) continue;
    if (start > at) pieces.push({ at, shown: text.slice(at, start), marked: false });
    pieces.push({ at: start, shown: text.slice(start, end), marked: true });
    at = end;
  }
  if (at < text.length) pieces.push({ at, shown: text.slice(at), marked: false });
  return pieces.map((piece) =>
    piece.marked ? <mark key={piece.at}>{piece.shown}</mark> : <span key={piece.at}>{piece.shown}</span>,
  );
}
