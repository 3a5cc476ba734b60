import { useTranslation } from '@/i18n';
import { useSession } from '@/model';
import { Card } from '@/ui';
import { PageHead } from './Parts';

/** What this program is. */
export function AboutPage() {
  const { t } = useTranslation();
  const version = useSession((state) => state.version);
  return (
    <>
      <PageHead title={t('about.title')} />
      <Card>Tincan {version}</Card>
    </>
  );
}
