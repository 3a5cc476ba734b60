import { type FormEvent, useEffect, useRef, useState } from 'react';
import { errorText, fileSize, number, useTranslation } from '@/i18n';
import { followProgress, useProgress, useRestore } from '@/model';
import { Button, FileDrop, Note, TextField } from '@/ui';
import styles from './Restore.module.css';

/** Restores a backup instead of making a new profile; the window begins anew when it is done. */
export function Restore({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File>();
  const [passphrase, setPassphrase] = useState('');
  const { pending, reading, failure, wrong, forgive, restore } = useRestore();
  const field = useRef<HTMLInputElement>(null);

  function choose(chosen: File): void {
    if (pending) return;
    setFile(chosen);
    forgive();
    field.current?.focus();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (file && !pending) void restore(file, passphrase, false);
  }

  return (
    <>
      <h1 className={styles.title}>{t('lock.restoreTitle')}</h1>
      <p className={styles.text}>{t('lock.restoreText')}</p>
      <form className={styles.form} onSubmit={submit}>
        <FileDrop accept=".tincan-backup" choose={file ? t('lock.other') : t('lock.choose')} onFile={choose}>
          {file ? t('lock.chosen', { name: file.name, size: fileSize(file.size) }) : t('lock.drop')}
        </FileDrop>
        <TextField
          ref={field}
          label={t('lock.backupPassphrase')}
          secret
          large
          value={passphrase}
          error={wrong ? errorText(failure) : undefined}
          onChange={(text) => {
            setPassphrase(text);
            if (wrong) forgive();
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
