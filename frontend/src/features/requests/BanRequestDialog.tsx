import { useState } from 'react';
import { backend, type Request } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { shortName, showToast, useCall } from '@/model';
import { Button, Dialog, Note, TextField } from '@/ui';

/** Asks before somebody who asks is banned, and says what is lost. */
export function BanRequestDialog({ request, onClose }: { request: Request; onClose: () => void }) {
  const { t } = useTranslation();
  const name = shortName(request.name);
  const [reason, setReason] = useState('');
  const { pending, failure, run } = useCall();

  const ban = () =>
    run(async () => {
      await backend().banRequest(request.id, reason.trim());
      showToast(t('requests.banDone', { name }));
      onClose();
    });

  return (
    <Dialog
      title={t('requests.banTitle', { name: request.name })}
      width="narrow"
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {t('app.cancel')}
          </Button>
          <Button kind="dangerFill" pending={pending} onPress={ban}>
            {pending ? t('requests.banning') : t('requests.banConfirm')}
          </Button>
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <p>{t('requests.banText', { name })}</p>
      <p>{t('requests.banKept')}</p>
      <TextField
        label={t('requests.banReason')}
        help={t('requests.banReasonHelp')}
        value={reason}
        maxLength={200}
        spellCheck
        onChange={setReason}
      />
    </Dialog>
  );
}
