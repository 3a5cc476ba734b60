import { useEffect, useState } from 'react';
import { backend } from '@/backend';
import { errorText, i18n, useTranslation } from '@/i18n';
import { Dialog, Note } from '@/ui';
import styles from './About.module.css';

/** What this version brings. It is written in English only. */
export function NewsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [news, setNews] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    backend().news().then(setNews, setFailure);
  }, []);
  return (
    <Dialog title={t('about.news')} reading onClose={onClose}>
      {i18n.language !== 'en' && <p>{t('about.newsEnglish')}</p>}
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <ul className={styles.news} lang="en">
        {news.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Dialog>
  );
}
