import { useTranslation } from '@/i18n';
import { Note } from '@/ui';
import styles from './App.module.css';

/** The page was opened by itself: there is no app behind it. */
export function NotHere() {
  const { t } = useTranslation();
  return (
    <main className={styles.middle}>
      <Note kind="warn">{t('app.notHere')}</Note>
    </main>
  );
}
