import { useEffect, useState } from 'react';
import { useTranslation } from '@/i18n';
import { Skeleton } from '@/ui';
import styles from './Waiting.module.css';

/** An answer usually comes before anything would be seen of these, in milliseconds. */
const patience = 300;
const widths = [360, 280, 420, 240];

/** The forms of results while the first answer takes long. */
export function Waiting() {
  const { t } = useTranslation();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div
      className={styles.waiting}
      role="status"
      aria-busy="true"
      aria-label={late ? t('search.searching') : undefined}
    >
      {late &&
        widths.map((width) => (
          <div key={width} className={styles.line}>
            <Skeleton width={36} height={36} round={18} />
            <div className={styles.words}>
              <Skeleton width={120} height={14} />
              <Skeleton width={width} height={14} />
            </div>
          </div>
        ))}
    </div>
  );
}
