import { useState } from 'react';
import { backend, type OwnHandle } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { session, showToast } from '@/model';
import { Button, Dialog, focusWhenLost, Note } from '@/ui';

/** Asks before a handle is given back. */
export function ReleaseDialog({ held, onClose }: { held: OwnHandle; onClose: () => void }) {
  const { t } = useTranslation();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  async function release(): Promise<void> {
    setPending(true);
    setFailure(undefined);
    try {
      session.setState({ profile: await backend().releaseHandle(held.handle) });
      showToast(t('settings.handleReleased', { handle: held.handle }));
      onClose();
      focusWhenLost('[data-reach] input, [data-reach] button');
    } catch (reason) {
      setFailure(reason);
      setPending(false);
    }
  }

  return (
    <Dialog
      title={t(held.lost ? 'settings.handleForgetTitle' : 'settings.handleReleaseTitle', { handle: held.handle })}
      width="narrow"
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {t('app.cancel')}
          </Button>
          <Button kind="dangerFill" pending={pending} onPress={() => void release()}>
            {pending
              ? t('settings.handleReleasing')
              : t(held.lost ? 'settings.handleForget' : 'settings.handleRelease')}
          </Button>
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <p>{t(held.lost ? 'settings.handleForgetText' : 'settings.handleReleaseText', { host: held.host })}</p>
      <p>{t('settings.handleReleaseKept')}</p>
    </Dialog>
  );
}
