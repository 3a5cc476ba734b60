import type { SearchHit, SearchPage } from '@/backend';

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
