import { ArchiveRestore, HardDrive } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { backend, toBackendError } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { startedWith } from '@/model';
import { Button, focusWhenLost, LidPicker, Mark, Note, Spinner, TextField } from '@/ui';
import { Can } from './Can';
import styles from './FirstRun.module.css';
import { nameOnTheCan } from './nameOnTheCan';
import { Restore } from './Restore';

/** A line that is made at once is not announced: only after so long, in milliseconds, the form gives way. */
const patience = 400;

/** Shown while State.firstRun: name and colour are the only questions, then the window is usable. */
export default function FirstRun() {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [color, setColor] = useState(2);
  const [pending, setPending] = useState(false);
  const [slow, setSlow] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [restoring, setRestoring] = useState(false);
  const ofName = failure !== undefined && toBackendError(failure).code.startsWith('name-');

  useEffect(() => {
    if (!pending) return;
    const timer = setTimeout(() => setSlow(true), patience);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [pending]);

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setFailure(undefined);
    try {
      startedWith(await backend().createProfile(name.trim(), color));
      // The form is gone: what comes next is to hand on the invite.
      focusWhenLost('[data-pane="main"] button');
    } catch (refusal) {
      setFailure(refusal);
      setPending(false);
    }
  }

  const colors = t('firstrun.colors').split(', ');
  return (
    <main className={styles.page}>
      <div className={styles.picture}>
        <Can name={nameOnTheCan(name) || t('firstrun.you')} words={t('firstrun.direct')} color={color} />
      </div>
      <section className={styles.side}>
        <p className={styles.brand}>
          <Mark size={32} />
          <b>Tincan</b>
        </p>
        {restoring ? (
          <Restore onBack={() => setRestoring(false)} />
        ) : slow ? (
          <>
            <h1 className={styles.title}>{t('firstrun.stretching')}</h1>
            <p className={styles.text}>{t('firstrun.soon')}</p>
            <p className={styles.steps} role="status">
              <span className={styles.spinner}>
                <Spinner />
              </span>
              {t('firstrun.making')}
            </p>
          </>
        ) : (
          <>
            <h1 className={styles.title}>{t('firstrun.title')}</h1>
            <p className={styles.text}>{t('firstrun.text')}</p>
            <form className={styles.form} onSubmit={(event) => void create(event)}>
              <TextField
                label={t('firstrun.name')}
                large
                autoFocus
                value={name}
                placeholder={t('firstrun.example')}
                error={ofName ? errorText(failure) : undefined}
                onChange={(text) => {
                  setName(text);
                  if (ofName) setFailure(undefined);
                }}
              />
              <div className={styles.colors}>
                <span className={styles.label} aria-hidden="true">
                  {t('firstrun.color')}
                </span>
                <LidPicker label={t('firstrun.color')} large value={color} names={colors} onChange={setColor} />
              </div>
              {failure !== undefined && !ofName && (
                <Note kind="bad" role="alert" icon={<HardDrive size={18} strokeWidth={1.75} aria-hidden="true" />}>
                  <b className={styles.failed}>{t('firstrun.failed')}</b> {errorText(failure)}
                </Note>
              )}
              <Button kind="primary" size="large" type="submit" pending={pending}>
                {pending ? t('firstrun.creating') : t('firstrun.create')}
              </Button>
              <Button
                kind="quiet"
                icon={<ArchiveRestore size={18} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => setRestoring(true)}
              >
                {t('lock.restoreLink')}
              </Button>
            </form>
          </>
        )}
      </section>
    </main>
  );
}
