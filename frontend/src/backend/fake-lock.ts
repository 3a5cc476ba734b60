import { BackendError } from './error';
import type { Every, LockState, Protecting, Storage } from './types';

const refuse = (code: string) => new BackendError({ code, message: '', params: {} });

/** A lock, a disk and a backup in memory: what the fake backend answers about them. */
export class FakeLock {
  state: LockState = { locked: false, protection: 'file' };
  passphrase = '';
  /** The passphrase that opens any backup. */
  backupPassphrase = 'six words that open this backup';
  taken: string[] = [];
  disk: Storage = {
    database: 312_000_000,
    search: 41_000_000,
    pictures: 2_400_000,
    snapshots: 96_000_000,
    other: 120_000,
    total: 408_120_000,
    free: 118_000_000_000,
    backupAt: '',
    backupSize: 0,
    backupName: '',
    automatic: { every: '', last: false, next: '', failedAt: '' },
  };

  unlock(passphrase: string): LockState {
    if (this.state.problem) throw new BackendError(this.state.problem);
    if (this.state.locked && this.state.protection === 'passphrase' && passphrase !== this.passphrase)
      throw refuse('passphrase-wrong');
    this.state = { locked: false, protection: this.state.protection };
    return this.state;
  }

  check(passphrase: string): void {
    if (this.state.protection === 'passphrase' && passphrase !== this.passphrase) throw refuse('passphrase-wrong');
  }

  lock(): void {
    if (this.state.protection !== 'passphrase') throw refuse('no-passphrase');
    this.state = { ...this.state, locked: true };
  }

  protect(change: Protecting): LockState {
    if (this.state.protection === 'passphrase' && change.old !== this.passphrase) throw refuse('passphrase-wrong');
    if (change.protection === 'passphrase' && change.new.trim().length < 8) throw refuse('passphrase-short');
    this.passphrase = change.protection === 'passphrase' ? change.new : '';
    this.state = { locked: false, protection: change.protection };
    return this.state;
  }

  automatic(every: Every, passphrase: string, now: Date): { path: string; size: number } {
    const known = this.disk.automatic.every !== '';
    const saved = every && (passphrase || !known) ? this.backup(passphrase, now.toISOString()) : { path: '', size: 0 };
    const next = every && new Date(now.getTime() + (every === 'day' ? 1 : 7) * 86_400_000).toISOString();
    this.disk = { ...this.disk, automatic: { every, last: false, next, failedAt: '' } };
    return saved;
  }

  take(part: string, first: boolean): void {
    this.taken = first ? [part] : [...this.taken, part];
  }

  restore(passphrase: string, empty: boolean, replace: boolean): string {
    if (!empty && !replace) throw refuse('restore-profile');
    if (this.taken.length === 0) throw refuse('backup-none');
    if (passphrase !== this.backupPassphrase) throw refuse('backup-passphrase');
    return empty ? '' : 'before-restore-2026-11-21-104207';
  }

  backup(passphrase: string, now: string): { path: string; size: number } {
    if (passphrase.trim().length < 8) throw refuse('passphrase-short');
    this.disk = { ...this.disk, backupAt: now, backupSize: 287_000_000, backupName: 'tincan-Mira.tincan-backup' };
    return { path: '/home/mira/Downloads/tincan-Mira.tincan-backup', size: 287_000_000 };
  }
}
