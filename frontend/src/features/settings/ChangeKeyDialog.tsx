import { useEffect, useState } from 'react';
import { backend, toBackendError } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { showToast } from '@/model';
import { Button, Dialog, Note, TextField } from '@/ui';
import styles from './Retire.module.css';

/** Asks before the own key is changed, and says what happens and what does not. */
export default function ChangeKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [asks, setAsks] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const wrong = failure !== undefined && toBackendError(failure).code === 'passphrase-wrong';

  useEffect(() => {
    backend()
      .lockState()
      .then((state) => setAsks(state.protection === 'passphrase'), setFailure);
  }, []);

  const mayChange = !asks || passphrase !== '';

  async function change(): Promise<void> {
    if (!mayChange || pending) return;
    setPending(true);
    setFailure(undefined);
    try {
      await backend().changeKey(asks ? passphrase : '');
      showToast(t('keychange.done'));
      onClose();
    } catch (reason) {
      setFailure(reason);
      setPending(false);
    }
  }

  return (
    <Dialog
      title={t('keychange.title')}
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {t('app.cancel')}
          </Button>
          <Button
            kind="primary"
            pending={pending}
            disabledReason={mayChange ? undefined : t('keychange.passphraseReason')}
            onPress={() => void change()}
          >
            {pending ? t('keychange.changing') : t('keychange.confirm')}
          </Button>
        </>
      }
    >
      {failure !== undefined && !wrong && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <p>{t('keychange.lead')}</p>
      <ul className={styles.list}>
        <li>{t('keychange.follow')}</li>
        <li>{t('keychange.compare')}</li>
        <li>{t('keychange.kept')}</li>
        <li>{t('keychange.ends')}</li>
        <li>{t('keychange.handles')}</li>
        <li>{t('keychange.not')}</li>
      </ul>
      <Note>{t('keychange.back')}</Note>
      {asks && (
        <TextField
          label={t('keychange.passphrase')}
          secret
          value={passphrase}
          error={wrong ? errorText(failure) : undefined}
          onChange={setPassphrase}
          onEnter={() => void change()}
        />
      )}
    </Dialog>
  );
}
