import { ArrowLeft } from 'lucide-react';
import { useTranslation } from '@/i18n';
import { jumpBack, type Origin } from '@/model';
import styles from './WayBack.module.css';

/** Leads back from a message that was jumped to. */
export function WayBack({ conversation, back }: { conversation: string; back: Origin }) {
  const { t } = useTranslation();
  return (
    <button type="button" className={styles.back} onClick={() => jumpBack(conversation)}>
      <ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" />
      {back.kind === 'search' ? t('search.backToResults') : t('search.backToPlace')}
    </button>
  );
}
