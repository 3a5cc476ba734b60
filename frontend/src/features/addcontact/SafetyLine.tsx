import { useRef, useState } from 'react';
import { digitGroups, useTranslation } from '@/i18n';
import styles from './AddContact.module.css';

/** So many of the twelve groups are shown at first. */
const firstGroups = 3;

/** The safety number with somebody: its beginning, all of it on demand. */
export function SafetyLine({ text }: { text: string }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const number = useRef<HTMLSpanElement>(null);
  const groups = digitGroups(text);
  return (
    <p className={styles.safety}>
      <span className={styles.safetyName}>{t('addcontact.safety')}</span>
      <span ref={number} className={styles.digits} tabIndex={-1}>
        {(all ? groups : groups.slice(0, firstGroups)).join(' ')}
        {!all && ' …'}
      </span>
      {!all && (
        <button
          type="button"
          className={styles.textButton}
          onClick={() => {
            setAll(true);
            number.current?.focus();
          }}
        >
          {t('addcontact.showAll')}
        </button>
      )}
    </p>
  );
}
