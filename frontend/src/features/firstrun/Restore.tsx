import { ArchiveRestore } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { backend, toBackendError } from '@/backend';
import { errorText, fileSize, number, useTranslation } from '@/i18n';
import { followProgress, useProgress } from '@/model';
import { Button, classes, Note, TextField } from '@/ui';
import styles from './Restore.module.css';
import { sendFile } from './sendFile';

/** Restores a backup instead of making a new profile; the window begins anew when it is done. */
export function Restore({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File>();
  const [over, setOver] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [sent, setSent] = useState<File>();
  const [reading, setReading] = useState<number>();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const input = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const wrong = failure !== undefined && toBackendError(failure).code === 'backup-passphrase';

  function choose(chosen: File | undefined): void {
    if (!chosen || pending) return;
    setFile(chosen);
    setFailure(undefined);
    field.current?.focus();
  }

  async function restore(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!file || pending) return;
    setPending(true);
    setFailure(undefined);
    try {
      // After a wrong passphrase the file is there already.
      if (sent !== file) {
        await sendFile(file, (part, first) => backend().takeBackup(part, first), setReading);
        setSent(file);
      }
      setReading(undefined);
      await backend().restoreBackup(passphrase);
    } catch (reason) {
      if (toBackendError(reason).code !== 'backup-passphrase') setSent(undefined);
      setReading(undefined);
      setFailure(reason);
      setPending(false);
      followProgress(undefined);
    }
  }

  return (
    <>
      <h1 className={styles.title}>{t('lock.restoreTitle')}</h1>
      <p className={styles.text}>{t('lock.restoreText')}</p>
      <form className={styles.form} onSubmit={(event) => void restore(event)}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button in it is the first. */}
        <div
          className={classes(styles.drop, over && styles.over)}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            choose(event.dataTransfer.files[0]);
          }}
        >
          <ArchiveRestore size={22} strokeWidth={1.75} aria-hidden="true" />
          <b className={styles.name} role="status">
            {file ? t('lock.chosen', { name: file.name, size: fileSize(file.size) }) : t('lock.drop')}
          </b>
          <input
            ref={input}
            type="file"
            accept=".tincan-backup"
            hidden
            aria-label={t('lock.choose')}
            onChange={(event) => {
              choose(event.target.files?.[0]);
              event.target.value = ''; // the same file may be chosen again
            }}
          />
          <Button size="small" autoFocus onPress={() => input.current?.click()}>
            {file ? t('lock.other') : t('lock.choose')}
          </Button>
        </div>
        <TextField
          ref={field}
          label={t('lock.backupPassphrase')}
          secret
          large
          value={passphrase}
          error={wrong ? errorText(failure) : undefined}
          onChange={(text) => {
            setPassphrase(text);
            if (wrong) setFailure(undefined);
          }}
        />
        {failure !== undefined && !wrong && (
          <Note kind="bad" role="alert">
            {errorText(failure)}
          </Note>
        )}
        {pending && <Step reading={reading} />}
        <div className={styles.buttons}>
          <Button size="large" disabledReason={pending ? t('lock.restoring') : undefined} onPress={onBack}>
            {t('lock.goBack')}
          </Button>
          <Button
            className={styles.restore ?? ''}
            kind="primary"
            size="large"
            type="submit"
            pending={pending}
            disabledReason={file ? undefined : t('lock.noFile')}
          >
            {pending ? t('lock.restoring') : t('lock.restore')}
          </Button>
        </div>
        <p className={styles.small}>{t('lock.oldDevice')}</p>
      </form>
    </>
  );
}

/** What is being done: the file is read by this page, then checked and put in its place. */
function Step({ reading }: { reading: number | undefined }) {
  const { t } = useTranslation();
  const progress = useProgress();
  useEffect(() => () => followProgress(undefined), []);
  const part = reading ?? (progress && progress.total > 0 ? progress.done / progress.total : undefined);
  const words =
    reading !== undefined
      ? t('lock.reading', { percent: number(Math.round(reading * 100)) })
      : t(`lock.step.${progress?.step ?? 'read'}`);
  return (
    <div className={styles.progress}>
      <span role="status">{words}</span>
      <progress max={1} {...(part === undefined ? {} : { value: part })} aria-label={words} />
    </div>
  );
}
