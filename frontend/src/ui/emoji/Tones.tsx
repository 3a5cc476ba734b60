import { useId } from 'react';
import { useTranslation } from '@/i18n';
import styles from './Emoji.module.css';
import { inTone, toneNames } from './tone';

const hand = { emoji: '✋', toned: true };

/** The skin of emoji that have one: chosen once, it holds for all. */
export function Tones({ tone, onTone }: { tone: number; onTone: (tone: number) => void }) {
  const { t } = useTranslation();
  const group = useId();
  return (
    <div className={styles.tones} role="radiogroup" aria-label={t('picker.tones')}>
      {toneNames.map((name, one) => (
        <label key={name} className={styles.tone} title={t(`picker.tone.${name}`)}>
          <input
            type="radio"
            className={styles.radio}
            name={group}
            checked={one === tone}
            aria-label={t(`picker.tone.${name}`)}
            onChange={() => onTone(one)}
          />
          <span aria-hidden="true">{inTone(hand, one)}</span>
        </label>
      ))}
    </div>
  );
}
