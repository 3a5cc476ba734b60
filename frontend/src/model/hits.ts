import type { Conversation, MatchRange, SearchHit, SearchPage } from '@/backend';
import { foldName } from './selectors';

interface Found {
  hits: readonly SearchHit[];
  before: string;
}

/**
 * Puts a page in its place among the hits, newest first: the page is what is found before an order ('': from the newest on), so
 * whatever is held in its stretch and not on it is gone.
 */
export function withPage({ hits, before }: Found, from: string, page: SearchPage): Found {
  const newer = from === '' ? [] : hits.filter((hit) => hit.order >= from);
  const last = page.hits.at(-1)?.order;
  if (page.before === '' || last === undefined) return { hits: [...newer, ...page.hits], before: '' };
  const older = hits.filter((hit) => hit.order < last);
  return { hits: [...newer, ...page.hits, ...older], before: older.length > 0 ? before : page.before };
}

/** The hits without messages that are gone; the same list when none was. */
export function withoutHits(
  hits: readonly SearchHit[],
  messages: ReadonlySet<string>,
  conversations: ReadonlySet<string> = new Set(),
): readonly SearchHit[] {
  const kept = hits.filter((hit) => !messages.has(hit.id) && !conversations.has(hit.conversation));
  return kept.length === hits.length ? hits : kept;
}

const ofWord = /[\p{L}\p{N}]/u;

/** Where a word begins with a text, else the first place that has it, else -1. */
function placeIn(folded: string, wanted: string): number {
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
    if (!ofWord.test(folded[at - 1] ?? '')) return at;
  }
  return folded.indexOf(wanted);
}

/** Where a text stands in a name, as people type them, without case and accents: where a word begins with it, else anywhere. */
export function matchOfName(name: string, text: string): MatchRange | undefined {
  const wanted = foldName(text.trim());
  if (wanted === '') return undefined;
  let folded = '';
  // For each character of the folded name, where what it was made of begins and ends.
  const places: MatchRange[] = [];
  for (const { segment, index } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name)) {
    const part = foldName(segment);
    folded += part;
    for (let count = 0; count < part.length; count++) places.push({ start: index, end: index + segment.length });
  }
  const at = placeIn(folded, wanted);
  const first = places[at];
  const last = places[at + wanted.length - 1];
  return at >= 0 && first && last ? { start: first.start, end: last.end } : undefined;
}

/** People whose name has a text in it, in the order of the list: the first few, and how many more there are. */
export function peopleFound(
  rows: readonly Conversation[],
  text: string,
  most: number,
): { people: { row: Conversation; match: MatchRange }[]; more: number } {
  const found = rows.flatMap((row) => {
    const match = matchOfName(row.name, text);
    return match ? [{ row, match }] : [];
  });
  return { people: found.slice(0, most), more: Math.max(0, found.length - most) };
}
