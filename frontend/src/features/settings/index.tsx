import { ArrowLeft, Ban, Bell, Cable, CircleUserRound, HardDrive, Info, Keyboard, Palette } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { addWords, useTranslation } from '@/i18n';
import { lateWords } from '@/i18n/en/late';
import { type SettingsPage, showConversations, showSettings } from '@/model';
import { IconButton, narrowQuery, PressButton, useMedia } from '@/ui';
import { AboutPage } from './AboutPage';
import { AppearancePage } from './AppearancePage';
import { BansPage } from './BansPage';
import { NetworkPage } from './NetworkPage';
import { NotificationsPage } from './NotificationsPage';
import { ProfilePage } from './ProfilePage';
import styles from './Settings.module.css';
import { ShortcutsPage } from './ShortcutsPage';
import { StoragePage } from './StoragePage';

addWords(lateWords);

export interface SettingsViewProps {
  page: SettingsPage;
}

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

const pages: readonly { page: SettingsPage; icon: ReactNode; content: ReactElement }[] = [
  { page: 'profile', icon: <CircleUserRound {...icon} />, content: <ProfilePage /> },
  { page: 'network', icon: <Cable {...icon} />, content: <NetworkPage /> },
  { page: 'bans', icon: <Ban {...icon} />, content: <BansPage /> },
  { page: 'storage', icon: <HardDrive {...icon} />, content: <StoragePage /> },
  { page: 'appearance', icon: <Palette {...icon} />, content: <AppearancePage /> },
  { page: 'notifications', icon: <Bell {...icon} />, content: <NotificationsPage /> },
  { page: 'shortcuts', icon: <Keyboard {...icon} />, content: <ShortcutsPage /> },
  { page: 'about', icon: <Info {...icon} />, content: <AboutPage /> },
];

/** The settings; they fill the window. Pages change with showSettings(page), Esc goes back to the conversations. */
export default function SettingsView({ page }: SettingsViewProps) {
  const { t } = useTranslation();
  const content = useRef<HTMLElement>(null);
  const current = useRef<HTMLButtonElement>(null);

  // Whoever comes here by keyboard goes on from the page's name.
  useEffect(() => current.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    content.current?.scrollTo(0, 0);
  }, [page]);

  return (
    <div className={styles.settings}>
      <nav className={styles.nav} aria-label={t('settings.pages')} data-pane="pages">
        <div className={styles.head}>
          <IconButton label={t('settings.back')} size="small" onPress={showConversations}>
            <ArrowLeft {...icon} />
          </IconButton>
          <b className={styles.title}>{t('settings.title')}</b>
        </div>
        {pages.map((one) => (
          <NavItem
            key={one.page}
            ref={one.page === page ? current : undefined}
            label={
              one.page === 'shortcuts' || one.page === 'about' ? t(`${one.page}.title`) : t(`settings.page.${one.page}`)
            }
            icon={one.icon}
            current={one.page === page}
            onPress={() => showSettings(one.page)}
          />
        ))}
      </nav>
      <main
        ref={content}
        className={styles.page}
        data-pane="main"
        data-page={page}
        aria-labelledby="settings-page"
        // Nothing on this page takes the focus, and it scrolls.
        tabIndex={page === 'shortcuts' ? 0 : undefined}
      >
        <div key={page} className={styles.inner}>
          {pages.find((one) => one.page === page)?.content}
        </div>
      </main>
    </div>
  );
}

interface NavItemProps {
  ref: React.RefObject<HTMLButtonElement | null> | undefined;
  label: string;
  icon: ReactNode;
  current: boolean;
  onPress: () => void;
}

/** A page's name; only its icon where it is narrow, and then a tooltip says it. */
function NavItem({ ref, label, icon: drawing, current, onPress }: NavItemProps) {
  const narrow = useMedia(narrowQuery);
  return (
    <PressButton
      {...(ref ? { ref } : {})}
      className={styles.item}
      aria-current={current ? 'page' : undefined}
      {...(narrow ? { 'aria-label': label, hint: { text: label, placement: 'right' } } : {})}
      onPress={onPress}
    >
      {drawing}
      <span>{label}</span>
    </PressButton>
  );
}
