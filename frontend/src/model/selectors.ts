import type { Conversation, Request } from '@/backend';
import type { Session } from './session';

/** Newest activity first; equal times by name, so that the order is the same on every run. */
export function sortedConversations(conversations: Session['conversations']): Conversation[] {
  return Object.values(conversations).sort((a, b) =>
    a.lastTime === b.lastTime ? a.name.localeCompare(b.name) : a.lastTime < b.lastTime ? 1 : -1,
  );
}

/** Newest first. */
export function sortedRequests(requests: Session['requests']): Request[] {
  return Object.values(requests).sort((a, b) => (a.time === b.time ? 0 : a.time < b.time ? 1 : -1));
}

/** Compares names as people type them: without case and accents. */
export function foldName(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

/** Whether a conversation goes on in another one, under which it is folded: see [earlierOf]. */
function goesOnElsewhere(row: Conversation, there: (id: string) => boolean): boolean {
  return row.next !== undefined && there(row.next);
}

/** As [sortedConversations], one for each person. */
export function presentConversations(conversations: Session['conversations']): Conversation[] {
  return sortedConversations(conversations).filter((row) => !goesOnElsewhere(row, (id) => id in conversations));
}

/** The rows that the list shows, but for the archived ones: those at its top first. The conversation that is open stays, though it was just read or is deleted. */
export function filteredConversations(
  rows: readonly Conversation[],
  filter: 'all' | 'unread',
  open: string,
): Conversation[] {
  const ids = new Set(rows.map((row) => row.id));
  const shown = rows.filter(
    (row) =>
      row.folder !== 'archived' &&
      (row.id === open ||
        (!row.folder && (isUnread(row) || (filter === 'all' && !goesOnElsewhere(row, (id) => ids.has(id)))))),
  );
  return [
    ...shown.filter((row) => row.pinned).sort((a, b) => (a.pinned ?? 0) - (b.pinned ?? 0)),
    ...shown.filter((row) => !row.pinned),
  ];
}

/** The archived rows that the list shows. */
export function archivedConversations(
  rows: readonly Conversation[],
  filter: 'all' | 'unread',
  open: string,
): Conversation[] {
  return rows.filter((row) => row.folder === 'archived' && (filter === 'all' || isUnread(row) || row.id === open));
}

/** Whether something is unread, or marked so. */
export function isUnread(row: Conversation): boolean {
  return row.unread > 0 || row.marked === true;
}

/** What was written with this person under the key before, undefined for nothing. */
export function earlierOf(conversations: Session['conversations'], id: string): string | undefined {
  const present = conversations[id]?.next ?? id;
  const before = sortedConversations(conversations).filter((row) => row.next === present && row.id !== present);
  return before[before.findIndex((row) => row.id === id) + 1]?.id;
}

/** What a person is called in a sentence: the first word, without "Grandpa" and the like; all of it when that is an initial. */
export function shortName(name: string): string {
  const words = name.trim().split(/\s+/u);
  const at = words.length > 1 && relations.has((words[0] ?? '').toLowerCase()) ? 1 : 0;
  const word = words[at] ?? '';
  return words.length > 1 && (word.length < 3 || word.endsWith('.')) ? name.trim() : word;
}

const relations = new Set([
  'grandpa',
  'grandma',
  'uncle',
  'aunt',
  'auntie',
  'mr',
  'mrs',
  'ms',
  'dr',
  'mr.',
  'mrs.',
  'ms.',
  'dr.',
]);

/** More marks on one letter than any language writes. */
const piled = /(\p{M}{3})\p{M}+/gu;

/** The letter on a lid: the first of the name that is one, with whatever joins it. */
export function initial(name: string): string {
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.trim());
  for (const { segment } of segments) {
    if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment)) return segment.replace(piled, '$1').toLocaleUpperCase();
  }
  return '?';
}
