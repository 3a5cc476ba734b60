import { Timer } from 'lucide-react';
import { duration, useTranslation } from '@/i18n';
import { PressButton } from '@/ui';
import styles from './TimerMark.module.css';

/** Messages written now disappear: how long they stay. Pressing it goes where that is set. */
export function TimerMark({ seconds, onPress }: { seconds: number; onPress: () => void }) {
  const { t } = useTranslation();
  const short = duration(seconds, 'narrow');
  const words = t('timer.on', { length: duration(seconds) });
  return (
    <PressButton className={styles.mark} aria-label={`${short}. ${words}`} hint={{ text: words }} onPress={onPress}>
      <Timer size={14} strokeWidth={2} aria-hidden="true" />
      <span>{short}</span>
    </PressButton>
  );
}
