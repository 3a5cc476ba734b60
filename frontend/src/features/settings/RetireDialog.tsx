import { useState } from 'react';
import { backend } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { session, showToast } from '@/model';
import { Button, Checkbox, Dialog, Note } from '@/ui';
import styles from './Retire.module.css';

/** Asks before this identity is given up, and says everything that it means. */
export default function RetireDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [sure, setSure] = useState(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  async function retire(): Promise<void> {
    setPending(true);
    setFailure(undefined);
    try {
      session.setState({ profile: await backend().retire() });
      showToast(t('verify.retiredDone'));
      onClose();
    } catch (reason) {
      setFailure(reason);
      setPending(false);
    }
  }

  return (
    <Dialog
      title={t('verify.retireTitle')}
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {t('app.cancel')}
          </Button>
          <Button
            kind="dangerFill"
            pending={pending}
            disabledReason={sure ? undefined : t('verify.retireReason')}
            onPress={() => void retire()}
          >
            {pending ? t('verify.retiring') : t('verify.retireConfirm')}
          </Button>
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Note kind="bad">{t('verify.retireAll')}</Note>
      <ul className={styles.list}>
        <li>{t('verify.retireTold')}</li>
        <li>{t('verify.retireInvites')}</li>
        <li>{t('verify.retireSend')}</li>
        <li>{t('verify.retireKept')}</li>
        <li>{t('verify.retireOnline')}</li>
      </ul>
      <Checkbox className={styles.sure} selected={sure} onChange={setSure}>
        <span className={styles.box} aria-hidden="true" />
        {t('verify.retireCheck')}
      </Checkbox>
    </Dialog>
  );
}
