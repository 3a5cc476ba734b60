import type { ErrorDetail } from './types';

// Servers before they are added; the rules are those of types.ts.

/** ServerCheck is the answer of a server that may be added. */
export interface ServerCheck {
  /** host:port */
  address: string;
  /** its key, short hex to compare with the operator */
  key: string;
  /** milliseconds */
  rtt: number;
  error?: ErrorDetail;
}
