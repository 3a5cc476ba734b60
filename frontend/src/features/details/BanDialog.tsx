import { useState } from 'react';
import type { Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { banPerson, liftBan, shortName, showToast, useCall } from '@/model';
import { Button, Dialog, Note, TextField } from '@/ui';

/** Asks before a ban and says what is kept and what is lost. */
export default function BanDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const [reason, setReason] = useState('');
  const { pending, failure, run } = useCall();

  const ban = () =>
    run(async () => {
      await banPerson(conversation, reason.trim());
      showToast(t('details.banDone', { name }), {
        label: t('composer.undo'),
        run: () => {
          liftBan(conversation).catch((refusal: unknown) => showToast(errorText(refusal)));
        },
      });
      onClose();
    });

  return (
    <Dialog
      title={t('details.banTitle', { name })}
      width="narrow"
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {t('app.cancel')}
          </Button>
          <Button kind="dangerFill" pending={pending} onPress={ban}>
            {pending ? t('details.banning') : t('details.banConfirm')}
          </Button>
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <p>{t('details.banText', { name })}</p>
      <p>{t('details.banKept')}</p>
      <p>{t('details.banLost', { name })}</p>
      <TextField
        label={t('details.banReason')}
        help={t('details.banReasonHelp')}
        value={reason}
        maxLength={200}
        spellCheck
        onChange={setReason}
      />
    </Dialog>
  );
}
