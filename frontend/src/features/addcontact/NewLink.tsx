import { type FormEvent, type ReactNode, useState } from 'react';
import { backend, type Invite } from '@/backend';
import { useTranslation } from '@/i18n';
import { Button, Select, TextField } from '@/ui';
import styles from './AddContact.module.css';

const people = ['1', '5', '25'] as const;
/** Characters of a label. */
const mostLabel = 64;

interface NewLinkProps {
  /** What else stands in the last line. */
  children: ReactNode;
  onMade: (invite: Invite) => void;
  onFailure: (refusal: unknown) => void;
}

/** How long a new link works, for how many, and what I call it. */
export function NewLink({ children, onMade, onFailure }: NewLinkProps) {
  const { t } = useTranslation();
  const [days, setDays] = useState<'1' | '7' | '30'>('7');
  const [uses, setUses] = useState<(typeof people)[number]>('1');
  const [label, setLabel] = useState('');
  const [pending, setPending] = useState(false);

  async function make(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    try {
      onMade(await backend().createInvite({ label: label.trim(), days: Number(days), uses: Number(uses) }));
      setLabel('');
    } catch (refusal) {
      onFailure(refusal);
    } finally {
      setPending(false);
    }
  }

  return (
    <form className={styles.next} aria-label={t('addcontact.make')} onSubmit={(event) => void make(event)}>
      <div className={styles.choices}>
        <Select
          label={t('addcontact.worksFor')}
          value={days}
          options={[
            { value: '1', label: t('addcontact.day') },
            { value: '7', label: t('addcontact.week') },
            { value: '30', label: t('addcontact.month') },
          ]}
          onChange={setDays}
        />
        <Select
          label={t('addcontact.howMany')}
          value={uses}
          options={people.map((count) => ({
            value: count,
            label: t('addcontact.people', { count: Number(count) }),
          }))}
          onChange={setUses}
        />
        <TextField
          className={styles.label ?? ''}
          label={t('addcontact.label')}
          placeholder={t('addcontact.labelExample')}
          value={label}
          maxLength={mostLabel}
          onChange={setLabel}
        />
      </div>
      <div className={styles.foot}>
        {children}
        <Button size="small" type="submit" pending={pending}>
          {pending ? t('addcontact.making') : t('addcontact.make')}
        </Button>
      </div>
    </form>
  );
}
