import type { ErrorDetail } from './types';

// How contacts are known to be who they are; the rules are those of types.ts.

/** Trust is how the key of a contact is known to be theirs; backend/app/verification_types.go says what each means. */
export type Trust = 'none' | 'link' | 'compared' | 'differs' | 'changed' | 'forked';

/** CompareMethod is how two people compared. */
export type CompareMethod = '' | 'number' | 'emoji';

/** Verification says how a contact is known. */
export interface Verification {
  trust: Trust;
  /** of compared and differs */
  method: CompareMethod;
  /** when they compared, "" when they did not */
  since: string;
}

/** CheckState is how far a check by emoji is. */
export type CheckState = 'waiting' | 'asked' | 'preparing' | 'comparing' | 'done' | 'ended';

/** Check is a comparison by emoji that is under way with a contact, or just over. */
export interface Check {
  state: CheckState;
  /** seven from comparing on, before that none */
  emoji: CheckEmoji[];
  /** I said that they are the same */
  said: boolean;
  /** they did */
  theySaid: boolean;
  /** ended: why */
  error?: ErrorDetail;
}

/** CheckEmoji is one of the 64. */
export interface CheckEmoji {
  /** from 0, chooses the name in any language */
  number: number;
  emoji: string;
}

/** Safety is what two people compare. */
export interface Safety {
  /** 12 groups of five digits */
  number: string;
  /** SVG path data of the dark modules on a grid of QRSize: the digits */
  qr: string;
  /** modules along one side, quiet zone not included */
  qrSize: number;
}

/** NumberCheck is what comes of comparing a number that was pasted or typed. */
export interface NumberCheck {
  same: boolean;
  /** how many were read */
  digits: number;
  /** the first group of five that differs, from 1; 0: none does, as far as it goes */
  group: number;
  /** there was nothing but digits, and not too many */
  clean: boolean;
}
