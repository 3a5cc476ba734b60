import { useState } from 'react';
import { type Ban, backend } from '@/backend';
import { dateOf, errorText, useTranslation } from '@/i18n';
import { type BanLife, banDays, banEnds, showToast } from '@/model';
import { Button, Dialog, mostReason, Note, Select, Switch, TextField } from '@/ui';
import { banName } from './bans';

/** Changes why a ban is there, how long, and who is told. */
export function EditBan({ ban, onClose }: { ban: Ban; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState(ban.reason);
  const [life, setLife] = useState<BanLife | 'keep'>(ban.ends !== '' && !ban.ended ? 'keep' : 'never');
  const [tell, setTell] = useState(ban.tell);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const target = banName(ban);
  const lives = (Object.keys(banDays) as BanLife[]).map((one) => ({ value: one, label: t(`bans.lives.${one}`) }));

  async function save(): Promise<void> {
    setPending(true);
    try {
      await backend().editBan(ban.id, {
        reason: reason.trim(),
        ends: life === 'keep' ? ban.ends : banEnds(life),
        tell,
      });
      showToast(t('bans.saved', { target }));
      onClose();
    } catch (refusal) {
      setFailure(refusal);
      setPending(false);
    }
  }

  return (
    <Dialog
      title={t('bans.editTitle', { target })}
      width="narrow"
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('app.cancel')}</Button>
          <Button kind="primary" pending={pending} onPress={() => void save()}>
            {pending ? t('bans.saving') : t('bans.save')}
          </Button>
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <TextField
        label={t('settings.reason')}
        placeholder={t('settings.reasonExample')}
        value={reason}
        maxLength={mostReason}
        spellCheck
        onChange={setReason}
      />
      <Select
        label={t('bans.ends')}
        options={[
          ...(ban.ends !== '' && !ban.ended
            ? [{ value: 'keep' as const, label: t('bans.keepEnd', { day: dateOf(ban.ends) }) }]
            : []),
          ...lives,
        ]}
        value={life}
        onChange={setLife}
      />
      {(ban.kind === 'peer' || ban.kind === 'invite') && (
        <Switch label={t('bans.tell')} help={t('bans.tellText')} selected={tell} onChange={setTell} />
      )}
    </Dialog>
  );
}
