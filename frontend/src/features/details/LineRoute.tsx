import { Waypoints } from 'lucide-react';
import { useId, useState } from 'react';
import { backend, type Conversation, type Route } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { useSession } from '@/model';
import { Select } from '@/ui';
import styles from './Details.module.css';

const routes = ['any', 'relayed', 'network'] as const satisfies readonly Route[];

/** Which ways lines to one person take, if others than to everybody. */
export function LineRoute({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const help = useId();
  const everybody = useSession((state) => state.profile.privacy.route) || 'any';
  const [chosen, setChosen] = useState<Route>();
  const [failure, setFailure] = useState<unknown>();
  const value = chosen ?? conversation.route ?? '';

  async function choose(route: Route): Promise<void> {
    setChosen(route);
    setFailure(undefined);
    try {
      await backend().setRoute(conversation.id, route);
    } catch (reason) {
      setFailure(reason);
    } finally {
      setChosen(undefined);
    }
  }

  return (
    <section className={styles.section} aria-label={t('route.title')}>
      <div className={styles.fact}>
        <Waypoints size={18} strokeWidth={1.75} aria-hidden="true" />
        <span className={styles.grow}>{t('route.title')}</span>
      </div>
      <Select<Route>
        label={t('route.title')}
        labelHidden
        describedBy={help}
        options={[
          { value: '', label: t('route.inherited', { route: t(`route.${everybody}`) }) },
          ...routes.map((route) => ({ value: route, label: t(`route.${route}`) })),
        ]}
        value={value}
        onChange={(route) => void choose(route)}
      />
      {failure !== undefined && (
        <p className={styles.failure} role="alert">
          {errorText(failure)}
        </p>
      )}
      <p id={help} className={styles.help}>
        {t(`route.${value || everybody}Text`)}
      </p>
    </section>
  );
}
