import { type FormEvent, useId, useState } from 'react';
import { BackendError, backend, type LockState, type Protection, toBackendError } from '@/backend';
import { errorText, gap, useTranslation } from '@/i18n';
import { Button, Dialog, Note, Select, TextField } from '@/ui';
import { Submit } from './BackupDialog';
import styles from './Storage.module.css';

const protections: readonly Protection[] = ['file', 'keyring', 'passphrase'];

/** Changes how the keys are protected; onClose gets what holds then, if it was changed. */
export function ProtectionDialog({ now, onClose }: { now: Protection; onClose: (next?: LockState) => void }) {
  const { t } = useTranslation();
  const form = useId();
  const [protection, setProtection] = useState<Protection>(now === 'file' ? 'passphrase' : now);
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const code = failure === undefined ? '' : toBackendError(failure).code;
  const inField = ['passphrase-wrong', 'passphrase-short', 'different'].includes(code);

  function edit(set: (text: string) => void): (text: string) => void {
    return (text) => {
      set(text);
      setFailure(undefined);
    };
  }

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (pending) return;
    if (protection === 'passphrase' && fresh !== again) {
      setFailure(new BackendError({ code: 'different', message: '', params: {} }));
      return;
    }
    setPending(true);
    setFailure(undefined);
    try {
      onClose(await backend().protect({ protection, old, new: protection === 'passphrase' ? fresh : '' }));
    } catch (reason) {
      setFailure(reason);
      setPending(false);
    }
  }

  const close = () => {
    if (!pending) onClose();
  };
  return (
    <Dialog
      title={t('lock.changeTitle')}
      width="narrow"
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t('app.cancel')}</Button>
          <Submit form={form} pending={pending} label={pending ? t('lock.setting') : t('lock.set')} />
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={(event) => void save(event)}>
        {failure !== undefined && !inField && (
          <Note kind="bad" role="alert">
            {errorText(failure)}
          </Note>
        )}
        <Select
          label={t('lock.where')}
          autoFocus={now !== 'passphrase'}
          options={protections.map((value) => ({ value, label: t(`lock.option.${value}`) }))}
          value={protection}
          onChange={(value) => {
            setProtection(value);
            setFailure(undefined);
          }}
        />
        <p>{t(`lock.whereText.${protection}`) + gap() + t('lock.keysFact')}</p>
        {now === 'passphrase' && (
          <TextField
            label={t('lock.old')}
            secret
            autoFocus
            value={old}
            error={code === 'passphrase-wrong' ? errorText(failure) : undefined}
            onChange={edit(setOld)}
          />
        )}
        {protection === 'passphrase' && (
          <>
            <TextField
              label={t('lock.new')}
              secret
              value={fresh}
              help={t('lock.newHelp')}
              error={code === 'passphrase-short' ? errorText(failure) : undefined}
              onChange={edit(setFresh)}
            />
            <TextField
              label={t('lock.again')}
              secret
              value={again}
              error={code === 'different' ? t('lock.different') : undefined}
              onChange={edit(setAgain)}
            />
          </>
        )}
        {now === 'passphrase' && <p>{t('lock.forget')}</p>}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
