import type { Conversation, MatchRange } from '@/backend';
import { foldName } from './selectors';

/** How well somebody fits what was written, the best first. */
const beginsName = 0;
const beginsWord = 1;
const inside = 2;
const byHandle = 3;

export interface FoundRow {
  row: Conversation;
  /** Where it stands in the name; absent when the handle fits. */
  match?: MatchRange;
}

interface Folded {
  name: string;
  handle: string;
}

/** Names as they are compared. A row that changes is a new object, so nothing here gets old. */
const folded = new WeakMap<Conversation, Folded>();

function foldedOf(row: Conversation): Folded {
  let known = folded.get(row);
  if (!known) {
    known = { name: foldName(row.name), handle: foldName(row.handle ?? '') };
    folded.set(row, known);
  }
  return known;
}

/** Makes names ready before the first key. */
export function foldPeople(rows: readonly Conversation[]): void {
  for (const row of rows) foldedOf(row);
}

/** Letters of scripts that put no spaces between words: every one may begin a word. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
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

/** The best place of one word in a folded name. */
function rankOf(name: string, word: string): number | undefined {
  let at = name.indexOf(word);
  if (at === 0) return beginsName;
  if (at < 0) return undefined;
  for (; at > 0; at = name.indexOf(word, at + 1)) {
    if (!ofWord.test(name[at - 1] ?? '') || unspaced.test(word[0] ?? '')) return beginsWord;
  }
  return inside;
}

/** How well a name fits all the words; the whole text in one piece counts as one word. */
function rank({ name, handle }: Folded, text: string, words: readonly string[]): number | undefined {
  const whole = rankOf(name, text);
  if (whole !== undefined) return whole;
  if (words.length > 1) {
    const ranks = words.map((word) => rankOf(name, word));
    if (ranks.every((one) => one !== undefined)) return Math.max(beginsWord, ...ranks);
  }
  const wanted = text.replace(/^@/, '');
  return handle !== '' && wanted !== '' && handle.includes(wanted) ? byHandle : undefined;
}

/** The people that a text finds, the best first and among equals in the order of the list; banned ones come last. */
export function findPeople(
  rows: readonly Conversation[],
  text: string,
  most: number,
): { people: FoundRow[]; more: number } {
  const wanted = foldName(text.trim());
  const words = wanted.split(/\s+/u).filter(Boolean);
  if (words.length === 0) return { people: [], more: 0 };
  const ranked: Conversation[][] = [];
  let count = 0;
  for (const row of rows) {
    const fits = rank(foldedOf(row), wanted, words);
    if (fits === undefined) continue;
    const place = fits + (row.contact === 'banned' || row.contact === 'forgotten' ? byHandle + 1 : 0);
    ranked[place] ??= [];
    ranked[place].push(row);
    count += 1;
  }
  const first = ranked.flat().slice(0, most);
  return {
    // Only of those that are shown it is asked where it stands.
    people: first.map((row) => {
      const match = matchOfName(row.name, wanted) ?? matchOfName(row.name, words[0] ?? '');
      return match ? { row, match } : { row };
    }),
    more: count - first.length,
  };
}

/** Who comes first while nothing is written: those that were opened before, then the newest in the list; not the open one. */
export function recentPeople(
  conversations: Readonly<Record<string, Conversation>>,
  sorted: readonly Conversation[],
  visited: readonly string[],
  open: string,
  most: number,
): FoundRow[] {
  const before = visited.flatMap((id) => conversations[conversations[id]?.next ?? id] ?? conversations[id] ?? []);
  const rows = [...new Set([...before, ...sorted.slice(0, most + before.length + 1)])];
  return rows
    .filter((row) => row.id !== open)
    .slice(0, most)
    .map((row) => ({ row }));
}
