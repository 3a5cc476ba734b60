import { useState } from 'react';
import type { Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { banLives, banPerson, liftBan, noWish, shortName, showToast, useCall } from '@/model';
import { BanFields, Button, Dialog, Note } from '@/ui';

/** Asks before a ban and says what is kept and what is lost. */
export default function BanDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const [wish, setWish] = useState(noWish);
  const { pending, failure, run } = useCall();
  const lives = banLives.map((one) => ({ value: one, label: t(`bans.lives.${one}`) }));

  const ban = () =>
    run(async () => {
      await banPerson(conversation, wish);
      showToast(t('details.banDone', { name }), {
        label: t('composer.undo'),
        keys: 'Ctrl Z',
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
      <BanFields wish={wish} lives={lives} onChange={setWish} />
    </Dialog>
  );
}
