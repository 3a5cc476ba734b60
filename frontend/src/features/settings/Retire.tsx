import { Archive } from 'lucide-react';
import { dateOf, useTranslation } from '@/i18n';
import { askRetire, useSession } from '@/model';
import { Button } from '@/ui';
import { Row } from './Parts';

/** The way to give this identity up, or when that was. */
export function Retire() {
  const { t } = useTranslation();
  const retired = useSession((state) => state.profile.retired);
  return (
    <Row
      icon={<Archive size={18} strokeWidth={1.75} aria-hidden="true" />}
      title={t('verify.retire')}
      help={retired ? t('verify.retiredMe', { date: dateOf(retired) }) : t('verify.retireText')}
    >
      {!retired && (
        <Button size="small" kind="danger" onPress={askRetire}>
          {t('verify.retireButton')}
        </Button>
      )}
    </Row>
  );
}
