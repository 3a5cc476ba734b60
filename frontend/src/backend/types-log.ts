/** LogKind is what a line of the log tells. */
export type LogKind =
  | 'line-open'
  | 'line-closed'
  | 'line-lost'
  | 'line-failed'
  | 'server-up'
  | 'server-down'
  | 'ban'
  | 'mail-kept'
  | 'mail-refused'
  | 'mail-fetched'
  | 'check';

/** LogLine is something that happened in this run. The interface writes the sentence, and puts names in. */
export interface LogLine {
  /** of the last, if there were several */
  time: string;
  kind: LogKind;
  problem: boolean;
  /** with whom, '' for nobody */
  conversation: string;
  /** its ID, '' for none; that of a relay for lines */
  server: string;
  /** ban: what is banned, '' when it is not on the list any more */
  rule: string;
  /** ban: the network it came from, '' if that is not known */
  from: string;
  /** line-open: lan, direct or relayed; else '' */
  path: string;
  /** milliseconds, -1 if it is not known */
  rtt: number;
  /** server-down: why, as in Server.error */
  code: string;
  /** how often, or how many */
  count: number;
}
