import { useTranslation } from '@/i18n';
import { type SettingsPage, showConversations } from '@/model';
import { Button } from '@/ui';

export interface SettingsViewProps {
  page: SettingsPage;
}

/** The settings; they fill the window. Pages change with showSettings(page), Esc goes back to the conversations. */
export default function SettingsView({ page }: SettingsViewProps) {
  const { t } = useTranslation();
  return (
    <main aria-label={t('settings.title')} data-page={page}>
      <h1>{t('settings.title')}</h1>
      <Button onPress={showConversations}>{t('app.close')}</Button>
    </main>
  );
}
