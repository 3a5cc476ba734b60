import { Search, UserPlus } from 'lucide-react';
import { useTranslation } from '@/i18n';
import { showAddContact } from '@/model';
import { Button, Kbd, keysAnywhere, TwoCans } from '@/ui';
import { InviteCard } from './InviteCard';
import styles from './Welcome.module.css';

/** Nobody to talk to yet: the invite stands ready to be handed on. */
export function NoContacts() {
  const { t } = useTranslation();
  return (
    <div className={styles.scroll}>
      <div className={styles.first}>
        <div className={styles.words}>
          <TwoCans />
          <h1>{t('conversations.emptyTitle')}</h1>
          <p className={styles.lead}>{t('conversations.emptyText')}</p>
        </div>
        <InviteCard />
      </div>
    </div>
  );
}

/** No conversation is open. */
export function NoSelection({ onSearch }: { onSearch: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.middle}>
      <TwoCans />
      <h1>{t('conversations.pickTitle')}</h1>
      <p className={styles.hint}>{t('conversations.pickText')}</p>
      <div className={styles.actions}>
        <Button icon={<Search size={16} strokeWidth={1.75} aria-hidden="true" />} onPress={onSearch}>
          {t('conversations.jump')} <Kbd keys={keysAnywhere.switcher[0]} />
        </Button>
        <Button icon={<UserPlus size={16} strokeWidth={1.75} aria-hidden="true" />} onPress={() => showAddContact()}>
          {t('conversations.add')}
        </Button>
      </div>
    </div>
  );
}
