import type { ErrorDetail } from './types';

/** BanKind is what a ban names. */
export type BanKind = 'peer' | 'invite' | 'address' | 'range' | 'domain';

/** Ban is one line of the ban list. */
export interface Ban {
  id: string;
  kind: BanKind;
  /** PeerID, "invite:" and its id, address, CIDR range or domain, canonical */
  target: string;
  /** of the person, or the invite's label */
  name: string;
  /** of the person, for peers */
  color: number;
  reason: string;
  added: string;
  /** it holds before; "" for good */
  ends: string;
  /** it does not hold any more; such a line goes by itself after 30 days */
  ended: boolean;
  /** my own servers are told not to route these people to me */
  tell: boolean;
  /** attempts */
  blocked: number;
}

/** BanOptions are what a new ban is to be. */
export interface BanOptions {
  kind: BanKind;
  /** for an invite its id, or "invite:" and its id */
  target: string;
  /** at most 200 characters */
  reason: string;
  /** RFC 3339; "" for good */
  ends: string;
  /** for people and invites */
  tell: boolean;
}

/** BanEdit is what can be changed of a ban. */
export interface BanEdit {
  reason: string;
  ends: string;
  tell: boolean;
}

/** BanCheck is what a ban would do, before it is added. */
export interface BanCheck {
  /** what the text was read as */
  kind: BanKind;
  /** canonical */
  target: string;
  /** names of contacts with a line through it now */
  touches: string[];
  /** of contacts whose last address is in it */
  known: string[];
  /** of contacts who came by the invite, or are the person, without a line now */
  came: string[];
  /** requests that it would end */
  asking: number;
  /** people in all */
  count: number;
  /** what was probably meant, or a wiser choice, "" if nothing */
  suggestion: string;
  error?: ErrorDetail;
}

/** BanFilter is which bans are asked for. */
export type BanFilter = 'all' | 'people' | 'addresses' | 'domains';

/** BanColumn is what a page of bans is sorted by. */
export type BanColumn = 'kind' | 'target' | 'reason' | 'added' | 'ends' | 'blocked';

/** BanQuery asks for a page of the list. */
export interface BanQuery {
  /** in name, target and reason */
  search: string;
  filter: BanFilter;
  column: BanColumn;
  descending: boolean;
  offset: number;
  /** 1 to 500 */
  limit: number;
}

/** BanPage is a page of the list. */
export interface BanPage {
  bans: Ban[];
  /** of the first one; less than was asked for if there are fewer */
  offset: number;
  /** with the search and the filter */
  found: number;
  all: number;
  /** attempts, by all of the list */
  blocked: number;
}

/** ImportedBans is what became of a list. */
export interface ImportedBans {
  added: number;
  already: number;
  refused: number;
  /** the first 1,000 of those that were refused */
  errors: BanLine[];
}

/** BanLine is a line of a list that could not be taken. */
export interface BanLine {
  /** from 1 */
  line: number;
  /** its beginning */
  text: string;
  error?: ErrorDetail;
}

/** SavedBans is where the list was written. */
export interface SavedBans {
  path: string;
  count: number;
}
