import { useTranslation } from '@/i18n';
import { Select } from './Select';
import { Switch } from './Switch';
import { TextField } from './TextField';

/** Characters of a reason. */
export const mostReason = 200;

/** What can be chosen for a ban on a person. */
export interface BanWish<Life extends string> {
  reason: string;
  life: Life;
  tell: boolean;
}

export interface BanFieldsProps<Life extends string> {
  wish: BanWish<Life>;
  /** how long it may last */
  lives: readonly { value: Life; label: string }[];
  onChange: (wish: BanWish<Life>) => void;
}

/** Why somebody is banned, how long, and whether servers are told. */
export function BanFields<Life extends string>({ wish, lives, onChange }: BanFieldsProps<Life>) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('bans.reason')}
        help={t('bans.reasonHelp')}
        value={wish.reason}
        maxLength={mostReason}
        spellCheck
        onChange={(reason) => onChange({ ...wish, reason })}
      />
      <Select
        label={t('bans.ends')}
        options={lives}
        value={wish.life}
        onChange={(life) => onChange({ ...wish, life })}
      />
      <Switch
        label={t('bans.tell')}
        help={t('bans.tellText')}
        selected={wish.tell}
        onChange={(tell) => onChange({ ...wish, tell })}
      />
    </>
  );
}
