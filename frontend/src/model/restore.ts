import { useState } from 'react';
import { backend, toBackendError } from '@/backend';
import { followProgress } from './lock';
import { sendFile } from './sendFile';

export interface Restoring {
  pending: boolean;
  /** How much of the file was read, 0 to 1; undefined while it is not read. */
  reading: number | undefined;
  /** Why the last try was refused, undefined if it was not. */
  failure: unknown;
  /** The passphrase was what it was refused for. */
  wrong: boolean;
  /** Something else was chosen or typed. */
  forgive: () => void;
  /** Restores a backup; of a profile that it replaces it returns the folder, "" if there was none. */
  restore: (file: File, passphrase: string, replace: boolean) => Promise<string | undefined>;
}

/** Restores a backup from a file of this computer: the page reads it and gives it to the program part by part. */
export function useRestore(): Restoring {
  const [sent, setSent] = useState<File>();
  const [reading, setReading] = useState<number>();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  async function restore(file: File, passphrase: string, replace: boolean): Promise<string | undefined> {
    setPending(true);
    setFailure(undefined);
    try {
      // After a wrong passphrase the file is there already.
      if (sent !== file) {
        await sendFile(file, (part, first) => backend().takeBackup(part, first), setReading);
        setSent(file);
      }
      setReading(undefined);
      return await backend().restoreBackup(passphrase, replace);
    } catch (reason) {
      if (toBackendError(reason).code !== 'backup-passphrase') setSent(undefined);
      setReading(undefined);
      setFailure(reason);
      setPending(false);
      followProgress(undefined);
      return undefined;
    }
  }

  return {
    ...{ pending, reading, failure, restore },
    wrong: failure !== undefined && toBackendError(failure).code === 'backup-passphrase',
    forgive: () => setFailure(undefined),
  };
}
