import { KeyRound } from 'lucide-react';
import { useTranslation } from '@/i18n';
import { askChangeKey, useSession } from '@/model';
import { Button } from '@/ui';
import { Row } from './Parts';

/** The way to another key for the same person. */
export function ChangeKey() {
  const { t } = useTranslation();
  const retired = useSession((state) => state.profile.retired);
  if (retired) return null;
  return (
    <Row
      icon={<KeyRound size={18} strokeWidth={1.75} aria-hidden="true" />}
      title={t('keychange.row')}
      help={t('keychange.rowText')}
    >
      <Button size="small" onPress={askChangeKey}>
        {t('keychange.button')}
      </Button>
    </Row>
  );
}
