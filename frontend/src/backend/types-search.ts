// What a search answers with; the rules are those of types.ts.

/** MatchRange is a stretch of a snippet in UTF-16 code units; the end is excluded. */
export interface MatchRange {
  start: number;
  end: number;
}

/** SearchHit is a message that a search found, without its whole text. */
export interface SearchHit {
  id: string;
  conversation: string;
  /** as in Message */
  order: string;
  mine: boolean;
  /** PeerID */
  author: string;
  time: string;
  /** one line of its text, with "…" where it goes on */
  snippet: string;
  /** in order */
  matches: MatchRange[];
}

/** SearchPage is some of what a search found, newest first. */
export interface SearchPage {
  hits: SearchHit[];
  /** what to give to search for older ones, "" when there are none */
  before: string;
  /** entries that cannot be found yet: the index is being made */
  waiting: number;
  /** when there are no hits: another spelling that has some, "" when none is known */
  meant: string;
}
