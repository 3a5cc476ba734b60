import type { InvitePreview } from '@/backend';
import { dateOf, list, useTranslation } from '@/i18n';
import { initial } from '@/model';
import { Card, Lid } from '@/ui';
import styles from './AddContact.module.css';
import { SafetyLine } from './SafetyLine';

/** Who made a link, and where they are found. Their words are text and nothing else. */
export function Inviter({ preview }: { preview: InvitePreview }) {
  const { t } = useTranslation();
  return (
    <Card className={styles.inviter}>
      <Lid letter={initial(preview.name)} color={preview.color} size={52} />
      <div className={styles.linkText}>
        <h3 className={styles.linkName}>{t('addcontact.from', { name: preview.name })}</h3>
        <p className={styles.facts}>
          {t('addcontact.via', { servers: list(preview.servers), date: dateOf(preview.expires) })}
        </p>
        <SafetyLine text={preview.safetyNumber} />
      </div>
    </Card>
  );
}
