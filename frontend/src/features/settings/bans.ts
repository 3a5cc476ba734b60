import type { Ban, BanColumn } from '@/backend';
import { inviteName } from '@/i18n';

export interface BanOrder {
  column: BanColumn;
  descending: boolean;
}

/** Bans that are shown at once. */
export const pageSize = 100;

/** The beginning and the end of a PeerID, to tell two of the same name apart. */
export function shortPeer(peerId: string): string {
  return peerId.length > 16 ? `${peerId.slice(0, 8)}…${peerId.slice(-4)}` : peerId;
}

/** What a ban is called in a sentence: a person by name when there is one, a link by its label. */
export function banName(ban: Pick<Ban, 'kind' | 'name' | 'target'>): string {
  if (ban.kind === 'invite') return inviteName(ban.name);
  return ban.kind === 'peer' ? ban.name || shortPeer(ban.target) : ban.target;
}

/** The order after a column's name was pressed: the other way round, or that column the way one looks for first. */
export function nextOrder(order: BanOrder, column: BanColumn): BanOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column === 'added' || column === 'blocked' };
}
