import { type FormEvent, useState } from 'react';
import { backend } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { startedWith } from '@/model';
import { Button, LidPicker, Mark, Note, TextField } from '@/ui';
import { Can } from './Can';
import styles from './FirstRun.module.css';

/** The label holds so much of a name. */
const onTheCan = 14;

/** Shown while State.firstRun: name and colour are the only questions, then the window is usable. */
export default function FirstRun() {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [color, setColor] = useState(2);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
  const ofName = code.startsWith('name-');

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    setPending(true);
    setFailure(undefined);
    try {
      startedWith(await backend().createProfile(name.trim(), color));
    } catch (refusal) {
      setFailure(refusal);
      setPending(false);
    }
  }

  const shown = [...(name.trim() || t('firstrun.you'))].slice(0, onTheCan).join('');
  const colors = t('firstrun.colors').split(', ');
  return (
    <main className={styles.page}>
      <div className={styles.picture}>
        <Can name={shown} words={t('firstrun.direct')} color={color} />
      </div>
      <section className={styles.side}>
        <p className={styles.brand}>
          <Mark size={32} />
          <b>Tincan</b>
        </p>
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
            onChange={setName}
          />
          <div className={styles.colors}>
            <span className={styles.label} aria-hidden="true">
              {t('firstrun.color')}
            </span>
            <LidPicker label={t('firstrun.color')} value={color} names={colors} onChange={setColor} />
          </div>
          {failure !== undefined && !ofName && (
            <Note kind="bad" role="alert">
              <b>{t('firstrun.failed')}</b> {errorText(failure)}
            </Note>
          )}
          <Button kind="primary" size="large" type="submit" pending={pending}>
            {pending ? t('firstrun.creating') : t('firstrun.create')}
          </Button>
        </form>
      </section>
    </main>
  );
}
