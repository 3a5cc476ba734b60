import type { ErrorDetail } from './types';

export type Protection = 'file' | 'keyring' | 'passphrase';

/** How the keys of this profile are protected: keys and sealed mail, not the history on disk. */
export interface LockState {
  locked: boolean;
  protection: Protection;
  /** Why it is locked although no passphrase is asked for. */
  problem?: ErrorDetail;
}

/** A change of the protection; old and new are passphrases, where there is one and where there shall be one. */
export interface Protecting {
  protection: Protection;
  old: string;
  new: string;
}

export type ProgressStep = 'copy' | 'write' | 'check' | 'read' | 'place';

/** How far a backup is, or restoring one: bytes of total, which is 0 while it is not known. */
export interface Progress {
  step: ProgressStep;
  done: number;
  total: number;
}

/** What a profile takes on the disk, in bytes. */
export interface Storage {
  database: number;
  /** Of the database: what messages are found by. */
  search: number;
  /** Of the database: pictures of people. */
  pictures: number;
  snapshots: number;
  other: number;
  total: number;
  /** Of the disk; -1 unknown. */
  free: number;
  /** When the last backup was made, '' never. */
  backupAt: string;
  backupSize: number;
  backupName: string;
  automatic: Automatic;
}

/** How often the program makes a backup by itself; '' never. */
export type Every = '' | 'day' | 'week';

/** What is known of automatic backups; times are '' where there is none. */
export interface Automatic {
  every: Every;
  /** The last backup was one that nobody opened: it was read again and compared. */
  last: boolean;
  /** When the next one is due, or tried again. */
  next: string;
  /** When the last one failed, and why. */
  failedAt: string;
  problem?: ErrorDetail;
}

export interface SavedBackup {
  path: string;
  size: number;
}

export interface SavedExport {
  path: string;
  messages: number;
}
