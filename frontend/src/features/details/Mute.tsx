import { Bell, BellOff } from 'lucide-react';
import { useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { Switch } from '@/ui';
import styles from './Details.module.css';

/** Whether a person is told outside of the window that somebody writes. */
export function Mute({ conversation, name }: { conversation: Conversation; name: string }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<boolean>();
  const [failure, setFailure] = useState<unknown>();
  const quiet = chosen ?? conversation.quiet ?? false;
  const Icon = quiet ? BellOff : Bell;

  async function choose(told: boolean): Promise<void> {
    setChosen(!told);
    setFailure(undefined);
    try {
      await backend().quietConversation(conversation.id, !told);
    } catch (reason) {
      setFailure(reason);
    } finally {
      setChosen(undefined);
    }
  }

  return (
    <section className={styles.section} aria-label={t('details.notifications')}>
      <div className={styles.fact}>
        <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
        <Switch
          className={styles.grow ?? ''}
          label={t('details.notifications')}
          help={quiet ? t('details.muted', { name }) : t('details.told', { name })}
          selected={!quiet}
          onChange={(on) => void choose(on)}
        />
      </div>
      {failure !== undefined && (
        <p className={styles.failure} role="alert">
          {errorText(failure)}
        </p>
      )}
    </section>
  );
}
