import { Timer } from 'lucide-react';
import { useId, useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { dateAndTime, duration, errorText, useTranslation } from '@/i18n';
import { shortName, showToast } from '@/model';
import { Select } from '@/ui';
import styles from './Details.module.css';

/** Seconds that are offered; the backend takes any from 1 second to 90 days, so the other side may have set another. */
export const timerChoices: readonly number[] = [5, 30, 300, 3600, 28_800, 86_400, 604_800, 2_419_200, 7_776_000];

/** How long messages stay once they were read. Both agree on it, so it is for people who do talk. */
export function DisappearTimer({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const help = useId();
  const [chosen, setChosen] = useState<number>();
  const [failure, setFailure] = useState<unknown>();
  const name = shortName(conversation.name);
  const held = conversation.timer ?? 0;
  const value = chosen ?? held;
  const choices = [...new Set([...timerChoices, value])].filter((seconds) => seconds > 0).sort((a, b) => a - b);

  async function choose(seconds: number): Promise<void> {
    setChosen(seconds);
    setFailure(undefined);
    try {
      await backend().setTimer(conversation.id, seconds);
      showToast(seconds > 0 ? t('timer.changed', { length: duration(seconds) }) : t('timer.stopped'));
    } catch (reason) {
      setFailure(reason);
    } finally {
      setChosen(undefined);
    }
  }

  return (
    <section className={styles.section} aria-label={t('timer.title')}>
      <div className={styles.fact}>
        <Timer size={18} strokeWidth={1.75} aria-hidden="true" />
        <span className={styles.grow}>{t('timer.title')}</span>
      </div>
      <Select
        label={t('timer.title')}
        labelHidden
        describedBy={help}
        options={[
          { value: '0', label: t('timer.off') },
          ...choices.map((seconds) => ({ value: String(seconds), label: duration(seconds) })),
        ]}
        value={String(value)}
        onChange={(seconds) => void choose(Number(seconds))}
      />
      {failure !== undefined && (
        <p className={styles.failure} role="alert">
          {errorText(failure)}
        </p>
      )}
      {conversation.timerSince && (
        <p className={styles.help} role="status">
          {t(`timer.${conversation.timerMine ? 'mine' : 'theirs'}${held > 0 ? 'On' : 'Off'}`, {
            name,
            time: dateAndTime(conversation.timerSince),
          })}
        </p>
      )}
      <p id={help} className={styles.help}>
        {held > 0 ? t('timer.text', { name }) : t('timer.offText')}
      </p>
    </section>
  );
}
