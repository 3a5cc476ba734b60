import type { MessageState } from './types';

// How a message came to somebody, and files that carry messages; the rules are those of types.ts.

/** StepKind is what happened to a message. */
export type StepKind = 'written' | 'tried' | 'stored' | 'saved' | 'delivered' | 'read' | 'too-late';

/** Way is what brought it. */
export type Way = 'unknown' | 'lan' | 'direct' | 'relayed' | 'mail' | 'file';

/** WaitCode is why a message is not on their computer; backend/app/delivery_types.go says what each means. */
export type WaitCode =
  | 'asked'
  | 'banned'
  | 'held'
  | 'sent'
  | 'line'
  | 'stored'
  | 'no-network'
  | 'no-server'
  | 'no-mailbox'
  | 'no-key'
  | 'full'
  | 'refused'
  | 'many'
  | 'trying';

/** DeliveryStep is something that happened to a message. */
export interface DeliveryStep {
  kind: StepKind;
  way: Way;
  /** "" when it is not known any more */
  time: string;
  /** stored: how long that server keeps it */
  until: string;
  /** stored: host:port, "" when it is not known any more */
  server: string;
}

/** Waiting says why a message is not on their computer, and what comes next. */
export interface Waiting {
  code: WaitCode;
  /** host:port that the code is about, "" for none */
  server: string;
  /** when it is tried again; "" at once, or as soon as something changes */
  nextAt: string;
  /** saveBundle would work now */
  canSave: boolean;
  /** cancelMessage takes it back, as far as that can be */
  canCancel: boolean;
}

/** CancelOutcome says how far a message had come that was taken back; of the first two nobody ever learns. */
export type CancelOutcome = 'here' | 'server' | 'late';

/** Cancelled is what became of a message that was taken back. */
export interface Cancelled {
  outcome: CancelOutcome;
  /** server: host:port, "" when it is not known any more */
  server: string;
}

/** Delivery is the way of a message of mine, and what it waits for. */
export interface Delivery {
  /** id */
  message: string;
  state: MessageState;
  /** in the order in which they happened */
  steps: DeliveryStep[];
  /** absent once it is on their computer */
  waiting?: Waiting;
}

/** SavedBundle is a file with what somebody is missing. */
export interface SavedBundle {
  path: string;
  /** messages and changes in it */
  entries: number;
  /** it can be opened until then */
  until: string;
  /** not everything had room */
  more: boolean;
}

/** ImportedBundle is what a file brought. */
export interface ImportedBundle {
  conversation: string;
  /** that were not here */
  entries: number;
  /** everything was here already */
  known: boolean;
  /** a part could not be read: the rest was taken */
  damaged: boolean;
}
