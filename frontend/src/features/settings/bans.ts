import type { Ban } from '@/backend';
import { foldName } from '@/model';

export type BanFilter = 'all' | 'people' | 'addresses';
export type BanColumn = 'kind' | 'target' | 'reason' | 'added' | 'blocked';
export interface BanOrder {
  column: BanColumn;
  descending: boolean;
}

/** The beginning and the end of a PeerID, to tell two of the same name apart. */
export function shortPeer(peerId: string): string {
  return peerId.length > 16 ? `${peerId.slice(0, 8)}…${peerId.slice(-4)}` : peerId;
}

/** What a ban is called in a sentence: a person by name when there is one. */
export function banName(ban: Pick<Ban, 'kind' | 'name' | 'target'>): string {
  return ban.kind === 'peer' ? ban.name || shortPeer(ban.target) : ban.target;
}

/** The bans that are asked for: of a kind, with the text in name, target or reason. */
export function filteredBans(bans: readonly Ban[], filter: BanFilter, search: string): Ban[] {
  const wanted = foldName(search.trim());
  return bans.filter(
    (ban) =>
      (filter === 'all' || (filter === 'people') === (ban.kind === 'peer')) &&
      (wanted === '' || [ban.name, ban.target, ban.reason].some((text) => foldName(text).includes(wanted))),
  );
}

const kinds = ['peer', 'address', 'range'];

function compare(a: Ban, b: Ban, column: BanColumn): number {
  switch (column) {
    case 'kind':
      return kinds.indexOf(a.kind) - kinds.indexOf(b.kind);
    case 'target':
      // By numbers, so that .9 stands before .77.
      return banName(a).localeCompare(banName(b), undefined, { numeric: true });
    case 'reason':
      return a.reason.localeCompare(b.reason);
    case 'added':
      return Date.parse(a.added) - Date.parse(b.added);
    case 'blocked':
      return a.blocked - b.blocked;
  }
}

/** In the order that is asked for; what is equal there stands newest first, then by id, the same on every run. */
export function sortedBans(bans: readonly Ban[], { column, descending }: BanOrder): Ban[] {
  return [...bans].sort(
    (a, b) =>
      (descending ? compare(b, a, column) : compare(a, b, column)) ||
      compare(b, a, 'added') ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

/** The order after a column's name was pressed: the other way round, or that column the way one looks for first. */
export function nextOrder(order: BanOrder, column: BanColumn): BanOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column === 'added' || column === 'blocked' };
}
