import { useState } from 'react';
import { backend, type Request } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { banAsking, banLives, noWish, shortName, showToast, useCall } from '@/model';
import { BanFields, Button, Dialog, Note } from '@/ui';

/** Asks before somebody who asks is banned, and says what is lost. */
export function BanRequestDialog({ request, onClose }: { request: Request; onClose: () => void }) {
  const { t } = useTranslation();
  const name = shortName(request.name);
  const [wish, setWish] = useState(noWish);
  const { pending, failure, run } = useCall();
  const lives = banLives.map((one) => ({ value: one, label: t(`bans.lives.${one}`) }));

  const ban = () =>
    run(async () => {
      const ban = await banAsking(request, wish);
      showToast(t('requests.banDone', { name }), {
        label: t('composer.undo'),
        keys: 'Ctrl Z',
        run: () => {
          backend()
            .removeBan(ban.id)
            .catch((refusal: unknown) => showToast(errorText(refusal)));
        },
      });
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
      <BanFields wish={wish} lives={lives} onChange={setWish} />
    </Dialog>
  );
}
