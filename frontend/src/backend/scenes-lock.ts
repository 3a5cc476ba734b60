import { type Scene, withAna } from './scenes';
import type { Automatic } from './types';

/** What is locked, and what a disk and a keyring say. */
export const lockScenes: Record<string, Scene> = {
  locked: (now) => ({
    options: withAna(now, {}),
    prepare: (backend) => {
      backend.door.passphrase = 'correct horse battery';
      backend.door.state = { locked: true, protection: 'passphrase' };
    },
  }),
  'keyring-gone': (now) => ({
    options: withAna(now, {}),
    prepare: (backend) => {
      const problem = { code: 'keyring-missing', message: '', params: {} };
      backend.door.state = { locked: true, protection: 'keyring', problem };
    },
  }),
  protected: (now) => ({
    options: withAna(now, {}),
    prepare: (backend) => {
      backend.door.passphrase = 'correct horse battery';
      backend.door.state = { locked: false, protection: 'passphrase' };
      const at = new Date(now.getTime() - 49 * 3_600_000).toISOString();
      const name = 'tincan-Mira-2026-11-19.tincan-backup';
      const next = new Date(now.getTime() + 119 * 3_600_000).toISOString();
      const automatic: Automatic = { every: 'week', last: false, next, failedAt: '' };
      backend.door.disk = { ...backend.door.disk, backupAt: at, backupSize: 287_000_000, backupName: name, automatic };
    },
  }),
  'backup-failed': (now) => ({
    options: withAna(now, {}),
    prepare: (backend) => {
      const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
      const problem = { code: 'disk-room', message: '', params: { free: '120 MB', needed: '312 MB' } };
      backend.door.disk = {
        ...backend.door.disk,
        backupAt: ago(32),
        backupSize: 287_000_000,
        backupName: 'tincan-Mira-auto-2026-11-20.tincan-backup',
        automatic: { every: 'day', last: true, next: ago(-0.5), failedAt: ago(0.5), problem },
      };
    },
  }),
};
