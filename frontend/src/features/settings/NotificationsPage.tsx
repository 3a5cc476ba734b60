import { AppWindow, Bell, Eye, MonitorDown, Moon, Power, Volume2 } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { backend, type DesktopState, type Notifications } from '@/backend';
import { clockTime, errorText, useTranslation } from '@/i18n';
import { useSession } from '@/model';
import { Note, Select, Switch } from '@/ui';
import styles from './NotificationsPage.module.css';
import { Group, PageHead, Row, Rows } from './Parts';
import { QuietTalks } from './QuietTalks';
import { useChange } from './useChange';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

const shows = ['text', 'name', 'neither'] as const satisfies readonly Notifications['show'][];

/** How far the times are apart that can be chosen, in minutes. */
const step = 30;

/** Every time of the day that can be chosen, in minutes after midnight, and the one that is. */
function timesWith(chosen: number): number[] {
  const times = Array.from({ length: (24 * 60) / step }, (_, at) => at * step);
  return times.includes(chosen) ? times : [...times, chosen].sort((one, other) => one - other);
}

/** Minutes after midnight as a clock shows them. */
function clock(minutes: number): string {
  return clockTime(new Date(2026, 0, 1, Math.floor(minutes / 60), minutes % 60).toISOString());
}

/** What is told outside of the window, and how the window lives with the desktop; everything holds at once. */
export function NotificationsPage() {
  const { t } = useTranslation();
  const settings = useSession((state) => state.settings);
  const { notifications } = settings;
  const [change, failure] = useChange();
  const [desktop, setDesktop] = useState<DesktopState>();
  const [refused, setRefused] = useState<unknown>();
  const off = notifications.about === 'nothing';

  useEffect(() => {
    let gone = false;
    backend()
      .desktop()
      .then(
        (state) => {
          if (!gone) setDesktop(state);
        },
        (reason: unknown) => {
          if (!gone) setRefused(reason);
        },
      );
    return () => {
      gone = true;
    };
  }, []);

  const choose = (some: Partial<Notifications>) => change({ notifications: { ...notifications, ...some } });
  const startAtLogin = (on: boolean) => {
    setRefused(undefined);
    backend().startAtLogin(on).then(setDesktop, setRefused);
  };

  return (
    <>
      <PageHead title={t('settings.page.notifications')}>{t('notifications.text')}</PageHead>
      {(failure ?? refused) !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure ?? refused)}
        </Note>
      )}
      {desktop && !desktop.window && <Note kind="plain">{t('notifications.noWindow')}</Note>}
      {desktop?.window && !desktop.notifications && !off && <Note kind="warn">{t('notifications.noService')}</Note>}
      <Rows>
        <Row icon={<Bell {...icon} />} title={t('notifications.about')}>
          <Select
            className={styles.select}
            label={t('notifications.about')}
            labelHidden
            options={[
              { value: 'everything', label: t('notifications.everything') },
              { value: 'nothing', label: t('notifications.nothing') },
            ]}
            value={notifications.about}
            onChange={(about) => choose({ about })}
          />
        </Row>
        <Row
          icon={<Eye {...icon} />}
          title={t('notifications.show')}
          help={t(`notifications.shows.${notifications.show}Text`)}
        >
          <Select
            className={styles.select}
            label={t('notifications.show')}
            labelHidden
            options={shows.map((show) => ({ value: show, label: t(`notifications.shows.${show}`) }))}
            value={notifications.show}
            onChange={(show) => choose({ show })}
          />
        </Row>
        <Choice
          icon={<Volume2 {...icon} />}
          label={t('notifications.sound')}
          help={t('notifications.soundText')}
          on={notifications.sound}
          onChange={(sound) => choose({ sound })}
        />
        <Choice
          icon={<AppWindow {...icon} />}
          label={t('notifications.count')}
          help={t('notifications.countText')}
          on={notifications.count}
          onChange={(count) => choose({ count })}
        />
      </Rows>
      <Group title={t('notifications.quietHours')}>
        <Rows>
          <Choice
            icon={<Moon {...icon} />}
            label={t('notifications.quiet')}
            help={t('notifications.quietText')}
            on={notifications.quiet}
            onChange={(quiet) => choose({ quiet })}
          />
          {notifications.quiet && (
            <div className={styles.times}>
              <TimeOfDay
                label={t('notifications.from')}
                minutes={notifications.quietFrom}
                onChange={(quietFrom) => choose({ quietFrom })}
              />
              <TimeOfDay
                label={t('notifications.to')}
                minutes={notifications.quietTo}
                onChange={(quietTo) => choose({ quietTo })}
              />
            </div>
          )}
        </Rows>
      </Group>
      <QuietTalks />
      {desktop?.window && (desktop.login || desktop.tray || settings.tray) && (
        <Group title={t('notifications.background')}>
          <Rows>
            {(desktop.tray || settings.tray) && (
              <Choice
                icon={<MonitorDown {...icon} />}
                label={t('notifications.tray')}
                help={desktop.tray ? t('notifications.trayText') : t('notifications.trayMissing')}
                on={settings.tray}
                onChange={(tray) => change({ tray })}
              />
            )}
            {desktop.login && (
              <Choice
                icon={<Power {...icon} />}
                label={t('notifications.login')}
                help={t('notifications.loginText')}
                on={desktop.startsAtLogin}
                onChange={startAtLogin}
              />
            )}
          </Rows>
        </Group>
      )}
    </>
  );
}

interface ChoiceProps {
  icon: ReactNode;
  label: string;
  help: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

function Choice({ icon: drawing, label, help, on, onChange }: ChoiceProps) {
  return (
    <div className={styles.choice}>
      <span className={styles.icon}>{drawing}</span>
      <Switch label={label} help={help} selected={on} onChange={onChange} />
    </div>
  );
}

interface TimeOfDayProps {
  label: string;
  minutes: number;
  onChange: (minutes: number) => void;
}

function TimeOfDay({ label, minutes, onChange }: TimeOfDayProps) {
  return (
    <Select
      label={label}
      className={styles.time}
      options={timesWith(minutes).map((one) => ({ value: String(one), label: clock(one) }))}
      value={String(minutes)}
      onChange={(value) => onChange(Number(value))}
    />
  );
}
