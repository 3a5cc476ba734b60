// What lines carried; the rules are those of types.ts.

/** AddressFamily is what kind of address somebody is reached at; '' where a relay stands in between. The address itself is not told. */
export type AddressFamily = '' | 'ipv4' | 'ipv6';

/** Traffic is what lines carried since the app started; who is connected how is in the rows of the list. Bytes are those of messages as they travel: packed, without what encryption and packets add. */
export interface Traffic {
  /** over all lines */
  received: number;
  sent: number;
  /** the open ones, then those that carried most; at most 256 */
  lines: LineTraffic[];
}

/** LineTraffic is what lines to one contact carried, and how the open one does. */
export interface LineTraffic {
  conversation: string;
  received: number;
  sent: number;
  /** since when a line is open; "": none is, and what follows is empty */
  opened: string;
  family: AddressFamily;
  /** round trips in milliseconds, oldest first, one every 10 s, at most 30 */
  delays: number[];
}
