import { Waypoints } from 'lucide-react';
import type { Route } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { Select } from '@/ui';
import { Row } from './Parts';
import styles from './ProfilePage.module.css';
import { usePrivacy } from './usePrivacy';

const routes = ['any', 'relayed', 'network'] as const satisfies readonly Route[];

/** Which ways lines take, to everybody for whom nothing else was chosen. */
export function LineRoute() {
  const { t } = useTranslation();
  const [privacy, change, failure] = usePrivacy();
  const route = privacy.route || 'any';
  return (
    <>
      <Row
        icon={<Waypoints size={18} strokeWidth={1.75} aria-hidden="true" />}
        title={t('route.title')}
        help={t(`route.${route}Text`)}
      >
        <Select
          label={t('route.title')}
          labelHidden
          options={routes.map((value) => ({ value, label: t(`route.${value}`) }))}
          value={route}
          onChange={(chosen) => change({ route: chosen })}
        />
      </Row>
      {failure !== undefined && (
        <p className={styles.marksFailure} role="alert">
          {errorText(failure)}
        </p>
      )}
    </>
  );
}
