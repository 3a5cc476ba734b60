import { useRef, useState } from 'react';
import type { InvitePreview } from '@/backend';
import { dateOf, digitGroups, list, useTranslation } from '@/i18n';
import { initial } from '@/model';
import { Card, Lid } from '@/ui';
import styles from './AddContact.module.css';

/** So many of the twelve groups are shown at first. */
const firstGroups = 3;

/** Who made a link, and where they are found. Their words are text and nothing else. */
export function Inviter({ preview }: { preview: InvitePreview }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const number = useRef<HTMLSpanElement>(null);
  const groups = digitGroups(preview.safetyNumber);
  return (
    <Card className={styles.inviter}>
      <Lid letter={initial(preview.name)} color={preview.color} size={52} />
      <div className={styles.linkText}>
        <h3 className={styles.linkName}>{t('addcontact.from', { name: preview.name })}</h3>
        <p className={styles.facts}>
          {t('addcontact.via', { servers: list(preview.servers), date: dateOf(preview.expires) })}
        </p>
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
      </div>
    </Card>
  );
}
