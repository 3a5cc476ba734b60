import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { backend, type Invite } from '@/backend';
import { dateOf, errorText, useTranslation } from '@/i18n';
import { showToast } from '@/model';
import { Button, Note } from '@/ui';
import styles from './AddContact.module.css';

interface ManageLinksProps {
  invites: readonly Invite[];
  onChange: (invites: Invite[]) => void;
  onBack: () => void;
}

/** All my links, with who came by them and an end to each. */
export function ManageLinks({ invites, onChange, onBack }: ManageLinksProps) {
  const { t } = useTranslation();
  const [failure, setFailure] = useState<unknown>();

  async function revoke(invite: Invite): Promise<void> {
    try {
      await backend().revokeInvite(invite.id);
      onChange(await backend().invites());
      showToast(t('addcontact.revoked'));
    } catch (refusal) {
      setFailure(refusal);
    }
  }

  return (
    <>
      <Button
        kind="quiet"
        size="small"
        autoFocus
        className={styles.back ?? ''}
        icon={<ArrowLeft size={14} strokeWidth={2} aria-hidden="true" />}
        onPress={onBack}
      >
        {t('addcontact.back')}
      </Button>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <ul className={styles.links}>
        {invites.map((invite) => (
          <li key={invite.id} className={styles.linkRow}>
            <div className={styles.linkText}>
              <b>{invite.label || t('addcontact.plain')}</b>
              <span className={styles.quiet}>
                {t('addcontact.used', { used: invite.used, uses: invite.uses })} ·{' '}
                {invite.active ? t('addcontact.until', { date: dateOf(invite.expires) }) : t('addcontact.ended')}
              </span>
            </div>
            {invite.active && (
              <Button size="small" onPress={() => void revoke(invite)}>
                {t('addcontact.revoke')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
