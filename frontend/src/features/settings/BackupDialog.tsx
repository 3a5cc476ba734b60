import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { BackendError, backend, type Every, type SavedBackup, toBackendError } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { followProgress, useProgress } from '@/model';
import { Button, Dialog, Note, TextField } from '@/ui';
import styles from './Storage.module.css';

/** Makes a backup, or the first of automatic ones: a passphrase twice, then what is being done, then where it is. */
export function BackupDialog({ every, onClose }: { every?: Every | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useId();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [pending, setPending] = useState(false);
  const [saved, setSaved] = useState<SavedBackup>();
  const [failure, setFailure] = useState<unknown>();
  const end = useRef<HTMLButtonElement>(null);
  const code = failure === undefined ? '' : toBackendError(failure).code;

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (pending) return;
    if (passphrase !== again) {
      setFailure(new BackendError({ code: 'different', message: '', params: {} }));
      return;
    }
    setPending(true);
    setFailure(undefined);
    try {
      setSaved(await (every ? backend().automaticBackup(every, passphrase) : backend().saveBackup(passphrase)));
      setPassphrase('');
      setAgain('');
    } catch (reason) {
      setFailure(reason);
    }
    setPending(false);
    followProgress(undefined);
  }

  // The field that had the focus is gone when it is done.
  useEffect(() => {
    if (saved) end.current?.focus();
  }, [saved]);

  const close = () => {
    if (!pending) onClose();
  };
  return (
    <Dialog
      title={t(every ? 'lock.auto' : 'lock.backupTitle')}
      width="narrow"
      onClose={close}
      footer={
        saved ? (
          <Button ref={end} kind="primary" onPress={close}>
            {t('app.close')}
          </Button>
        ) : (
          <>
            <Button onPress={close}>{t('app.cancel')}</Button>
            <Submit form={form} pending={pending} label={pending ? t('lock.saving') : t('lock.backUp')} />
          </>
        )
      }
    >
      {saved ? (
        <Note kind="ok" role="status">
          <span className={styles.path} dir="ltr">
            {t('lock.saved', { path: saved.path })}
          </span>
        </Note>
      ) : (
        <form id={form} className={styles.form} onSubmit={(event) => void save(event)}>
          <p>{t('lock.backupText')}</p>
          {every && <p>{t('lock.autoDialog')}</p>}
          {failure !== undefined && code !== 'different' && code !== 'passphrase-short' && (
            <Note kind="bad" role="alert">
              {errorText(failure)}
            </Note>
          )}
          <TextField
            label={t('lock.backupPassphrase')}
            secret
            autoFocus
            value={passphrase}
            help={t('lock.backupHelp')}
            error={code === 'passphrase-short' ? errorText(failure) : undefined}
            onChange={(text) => {
              setPassphrase(text);
              setFailure(undefined);
            }}
          />
          <TextField
            label={t('lock.again')}
            secret
            value={again}
            error={code === 'different' ? t('lock.different') : undefined}
            onChange={(text) => {
              setAgain(text);
              setFailure(undefined);
            }}
          />
          {pending && <ProgressBar />}
          <button type="submit" hidden />
        </form>
      )}
    </Dialog>
  );
}

/** A button outside of its form: Enter in a field does the same. */
export function Submit({
  form,
  pending,
  label,
  disabledReason,
}: {
  form: string;
  pending: boolean;
  label: string;
  disabledReason?: string | undefined;
}) {
  return (
    <Button
      kind="primary"
      pending={pending}
      disabledReason={disabledReason}
      onPress={() => {
        const element = document.getElementById(form);
        if (element instanceof HTMLFormElement) element.requestSubmit();
      }}
    >
      {label}
    </Button>
  );
}

/** What is being done, and how far it is; reading is how much of a file the page has read. */
export function ProgressBar({ reading }: { reading?: number | undefined }) {
  const { t } = useTranslation();
  const progress = useProgress();
  useEffect(() => () => followProgress(undefined), []);
  if (!progress && reading === undefined) return null;
  const step = t(`lock.step.${progress?.step ?? 'read'}`);
  const part = reading ?? (progress && progress.total > 0 ? progress.done / progress.total : undefined);
  return (
    <div className={styles.progress}>
      {/* The step is said aloud; a number that runs is not. */}
      <span role="status">
        {reading === undefined ? step : t('lock.reading', { percent: number(Math.round(reading * 100)) })}
      </span>
      <progress
        max={1}
        {...(part === undefined ? {} : { value: part })}
        aria-label={part === undefined ? step : t('lock.percent', { step, percent: number(Math.round(part * 100)) })}
      />
    </div>
  );
}
