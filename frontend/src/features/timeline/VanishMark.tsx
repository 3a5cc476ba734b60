import { Timer } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Message } from '@/backend';
import { duration, useTranslation } from '@/i18n';
import { Hidden } from '@/ui';
import styles from './VanishMark.module.css';
import { timeLeft } from './vanishing';

/** On a message that disappears: when it will. It alone is drawn again as the time goes by. */
export function VanishMark({ message }: { message: Message }) {
  if (!message.timer || message.deleted) return null;
  return message.expires ? <Counting expires={message.expires} /> : <NotCounting message={message} />;
}

function NotCounting({ message }: { message: Message }) {
  const { t } = useTranslation();
  const length = duration(message.timer ?? 0);
  const words = message.mine ? t('timer.afterArrival', { length }) : t('timer.afterReading', { length });
  return (
    <span className={styles.mark} title={words} data-vanishing="">
      <Timer size={13} strokeWidth={2} aria-hidden="true" />
      <Hidden>{words}</Hidden>
    </span>
  );
}

function Counting({ expires }: { expires: string }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(() => Date.now());
  const left = timeLeft(Date.parse(expires) - now);
  useEffect(() => {
    const { holds } = timeLeft(Date.parse(expires) - now);
    if (holds === undefined) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.max(1, holds));
    return () => clearTimeout(timer);
  }, [expires, now]);
  const seconds = left.value * { day: 86_400, hour: 3600, minute: 60, second: 1 }[left.unit];
  const words = t('timer.left', { length: duration(seconds) });
  return (
    <span className={styles.mark} title={words} data-vanishing="">
      <Timer size={13} strokeWidth={2} aria-hidden="true" />
      <span aria-hidden="true">{duration(seconds, 'narrow')}</span>
      <Hidden>{words}</Hidden>
    </span>
  );
}
