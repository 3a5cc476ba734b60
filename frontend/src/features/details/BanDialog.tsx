import { useState } from 'react';
import type { Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { type BanLife, banDays, banPerson, liftBan, shortName, showToast, useCall } from '@/model';
import { Button, Dialog, Note, Select, Switch, TextField } from '@/ui';

/** Asks before a ban and says what is kept and what is lost. */
export default function BanDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const [reason, setReason] = useState('');
  const [life, setLife] = useState<BanLife>('never');
  const [tell, setTell] = useState(false);
  const { pending, failure, run } = useCall();

  const ban = () =>
    run(async () => {
      await banPerson(conversation, { reason: reason.trim(), life, tell });
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
      <Select
        label={t('bans.ends')}
        options={(Object.keys(banDays) as BanLife[]).map((one) => ({ value: one, label: t(`bans.lives.${one}`) }))}
        value={life}
        onChange={setLife}
      />
      <Switch label={t('bans.tell')} help={t('bans.tellText')} selected={tell} onChange={setTell} />
    </Dialog>
  );
}
