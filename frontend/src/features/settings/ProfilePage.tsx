import { Copy, Fingerprint } from 'lucide-react';
import { useTranslation } from '@/i18n';
import { showToast, useSession } from '@/model';
import { Button } from '@/ui';
import { ChangeKey } from './ChangeKey';
import { OthersSee } from './OthersSee';
import { OwnHandles } from './OwnHandles';
import { Group, PageHead, Row, Rows } from './Parts';
import { ProfileForm } from './ProfileForm';
import styles from './ProfilePage.module.css';
import { Retire } from './Retire';

/** How this person is shown, what others learn, and the identity. */
export function ProfilePage() {
  const { t } = useTranslation();
  const profile = useSession((state) => state.profile);
  return (
    <>
      <PageHead title={t('settings.page.profile')}>{t('settings.profileText')}</PageHead>
      <ProfileForm />
      <OwnHandles />
      <OthersSee />
      <Group title={t('settings.identity')}>
        <Rows>
          <Row
            icon={<Fingerprint size={18} strokeWidth={1.75} aria-hidden="true" />}
            title={t('settings.peerId')}
            help={
              <>
                <span className={styles.peer} dir="ltr">
                  {profile.peerId}
                </span>
                {t('settings.peerIdText')}
              </>
            }
          >
            <Button
              size="small"
              icon={<Copy size={14} strokeWidth={2} aria-hidden="true" />}
              onPress={() => {
                navigator.clipboard.writeText(profile.peerId).then(
                  () => showToast(t('settings.peerIdCopied')),
                  () => showToast(t('app.copyFailed')),
                );
              }}
            >
              {t('app.copy')}
            </Button>
          </Row>
          <ChangeKey />
          <Retire />
        </Rows>
      </Group>
    </>
  );
}
