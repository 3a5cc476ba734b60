/** CheckGrade is how something does. */
export type CheckGrade = 'good' | 'warn' | 'bad' | 'unknown';

/** Finding is one cause that a connection check found, or that all is well with its part. */
export interface Finding {
  /** begins with its part (network, local, servers, udp, router, relay, clock, database, mailbox) and chooses the translation */
  code: string;
  grade: CheckGrade;
  /** an English sentence: what it is, and what to do */
  message: string;
  params: Record<string, string>;
}

/** ConnectionCheck is what was found, one finding for each part and one more for every server that has a trouble of its own. */
export interface ConnectionCheck {
  findings: Finding[];
  /** milliseconds */
  took: number;
}
