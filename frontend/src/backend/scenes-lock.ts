import { type Scene, withAna } from './scenes';

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
      backend.door.disk = { ...backend.door.disk, backupAt: at, backupSize: 287_000_000, backupName: name };
    },
  }),
};
