import { LockKeyhole, RotateCw } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { backend, type LockState, toBackendError } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { Button, focusWhenLost, Mark, Note, TextField } from '@/ui';
import styles from './Lock.module.css';

/** Shown while the keys of this profile are locked: nothing of it is known here, and nothing is received. */
export default function LockScreen() {
  const { t } = useTranslation();
  const [state, setState] = useState<LockState>();
  const [passphrase, setPassphrase] = useState('');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let gone = false;
    backend()
      .lockState()
      .then(
        (found) => {
          if (!gone) setState(found);
        },
        (reason: unknown) => {
          if (!gone) setFailure(reason);
        },
      );
    return () => {
      gone = true;
    };
  }, []);

  const asks = state === undefined || state.protection === 'passphrase';
  const wrong = failure !== undefined && toBackendError(failure).code === 'passphrase-wrong';

  async function unlock(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setFailure(undefined);
    try {
      await backend().unlock(asks ? passphrase : '');
      setPassphrase('');
      focusWhenLost('[data-row][tabindex="0"], [data-search], [data-pane="list"] button');
    } catch (reason) {
      setFailure(reason);
      setPending(false);
      field.current?.select();
    }
  }

  const trouble = failure !== undefined && !wrong ? failure : asks ? undefined : state?.problem;
  return (
    <main className={styles.page} aria-labelledby="locked">
      <section className={styles.card}>
        <p className={styles.brand}>
          <Mark size={32} />
          <b>Tincan</b>
        </p>
        <h1 id="locked" className={styles.title}>
          <LockKeyhole size={28} strokeWidth={1.75} aria-hidden="true" />
          {t('lock.title')}
        </h1>
        <p className={styles.text}>{t('lock.text')}</p>
        {trouble !== undefined && (
          <Note kind="bad" role="alert">
            {errorText(trouble)}
          </Note>
        )}
        <form className={styles.form} onSubmit={(event) => void unlock(event)}>
          {asks ? (
            <>
              <TextField
                ref={field}
                label={t('lock.passphrase')}
                secret
                large
                autoFocus
                value={passphrase}
                error={wrong ? errorText(failure) : undefined}
                onChange={(text) => {
                  setPassphrase(text);
                  if (wrong) setFailure(undefined);
                }}
              />
              <Button
                kind="primary"
                size="large"
                type="submit"
                pending={pending}
                disabledReason={passphrase === '' ? t('lock.needed') : undefined}
              >
                {pending ? t('lock.unlocking') : t('lock.unlock')}
              </Button>
            </>
          ) : (
            <Button
              kind="primary"
              size="large"
              type="submit"
              autoFocus
              pending={pending}
              icon={<RotateCw size={18} strokeWidth={1.75} aria-hidden="true" />}
            >
              {pending ? t('lock.unlocking') : t('app.retry')}
            </Button>
          )}
        </form>
        <p className={styles.small}>{t('lock.history')}</p>
      </section>
    </main>
  );
}
