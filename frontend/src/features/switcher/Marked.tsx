import type { MatchRange } from '@/backend';

/** A text with the part that was found marked. */
export function Marked({ text, match }: { text: string; match: MatchRange | undefined }) {
  if (!match) return text;
  return (
    <>
      {text.slice(0, match.start)}
      <mark>{text.slice(match.start, match.end)}</mark>
      {text.slice(match.end)}
    </>
  );
}
