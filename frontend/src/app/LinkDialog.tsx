import { useState } from 'react';
import { backend, toBackendError } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { Button, Dialog, Note } from '@/ui';
import styles from './LinkDialog.module.css';

/** Asks before an address from a message is opened outside, and shows all of it. */
export default function LinkDialog({ address, onClose }: { address: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [failure, setFailure] = useState<unknown>();

  async function open(): Promise<void> {
    try {
      await backend().openLink(address);
      onClose();
    } catch (reason) {
      // Behind the browser bridge this page is in a browser already.
      if (toBackendError(reason).code === 'no-browser' && openHere(address)) onClose();
      else setFailure(reason);
    }
  }

  return (
    <Dialog
      title={t('app.linkTitle')}
      width="narrow"
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('app.cancel')}</Button>
          <Button kind="primary" autoFocus onPress={() => void open()}>
            {t('app.linkOpen')}
          </Button>
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <p className={styles.address} dir="ltr">
        {address}
      </p>
      <p className={styles.words}>{t('app.linkText')}</p>
    </Dialog>
  );
}

/** Opens http and https addresses in another tab, without a way back to this page. */
function openHere(address: string): boolean {
  const { protocol } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  window.open(address, '_blank', 'noopener,noreferrer');
  return true;
}
