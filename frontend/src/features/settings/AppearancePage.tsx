import { ALargeSmall, Bold, Languages, MessagesSquare, Rows3, SpellCheck, Wind } from 'lucide-react';
import type { Theme } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { useSession } from '@/model';
import { Card, FormattedText, Lid, Note, Radio, RadioGroup, Segmented, Select, Switch } from '@/ui';
import styles from './AppearancePage.module.css';
import { Group, PageHead, Row, Rows } from './Parts';
import { ThemeDrawing } from './ThemeDrawing';
import { useChange } from './useChange';

const themes: readonly Theme[] = ['system', 'light', 'dark'];
/** The sizes that the app knows. */
const sizes = [0.9, 1, 1.15, 1.3];
const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Which of the known sizes holds: the nearest. */
export function sizeStep(size: number): number {
  return sizes.reduce(
    (best, one, step) => (Math.abs(one - size) < Math.abs((sizes[best] ?? 1) - size) ? step : best),
    0,
  );
}

/** How the window looks; everything holds at once. */
export function AppearancePage() {
  const { t } = useTranslation();
  const settings = useSession((state) => state.settings);
  const [change, failure] = useChange();
  const step = sizeStep(settings.textSize);
  const percent = t('settings.percent', { value: number(Math.round((sizes[step] ?? 1) * 100)) });

  return (
    <>
      <PageHead title={t('settings.page.appearance')} />
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Group title={t('settings.theme')}>
        <RadioGroup
          className={styles.themes}
          label={t('settings.theme')}
          value={settings.theme}
          onChange={(value) => {
            const theme = themes.find((one) => one === value);
            if (theme) change({ theme });
          }}
        >
          {themes.map((theme) => (
            <Radio key={theme} value={theme} className={styles.theme}>
              <ThemeDrawing theme={theme} />
              <span className={styles.themeName}>{t(`settings.themes.${theme}`)}</span>
            </Radio>
          ))}
        </RadioGroup>
      </Group>
      <Rows>
        <Row icon={<Rows3 {...icon} />} title={t('settings.density')} help={t('settings.densityText')}>
          <Segmented
            label={t('settings.density')}
            options={[
              { value: 'cosy', label: t('settings.densities.cosy') },
              { value: 'compact', label: t('settings.densities.compact') },
            ]}
            value={settings.compact ? 'compact' : 'cosy'}
            onChange={(value) => change({ compact: value === 'compact' })}
          />
        </Row>
        <Row icon={<ALargeSmall {...icon} />} title={t('settings.textSize')} help={percent}>
          <span className={styles.small} aria-hidden="true">
            A
          </span>
          <input
            type="range"
            className={styles.range}
            min={0}
            max={sizes.length - 1}
            step={1}
            value={step}
            aria-label={t('settings.textSize')}
            aria-valuetext={percent}
            onChange={(event) => change({ textSize: sizes[event.target.valueAsNumber] ?? 1 })}
          />
          <span className={styles.large} aria-hidden="true">
            A
          </span>
        </Row>
        <Row icon={<Languages {...icon} />} title={t('settings.language')} help={t('settings.languageText')}>
          <Select
            className={styles.language}
            label={t('settings.language')}
            labelHidden
            options={[
              { value: 'system', label: t('settings.languageSystem') },
              { value: 'en', label: 'English', lang: 'en' },
              { value: 'zh-CN', label: '简体中文', lang: 'zh-CN' },
            ]}
            value={settings.language}
            onChange={(language) => change({ language })}
          />
        </Row>
        <Row icon={<Wind {...icon} />} title={t('settings.motion')} help={t('settings.motionText')}>
          <Select
            className={styles.language}
            label={t('settings.motion')}
            labelHidden
            options={[
              { value: 'system', label: t('settings.motionSystem') },
              { value: 'less', label: t('settings.motionLess') },
            ]}
            value={settings.still ? 'less' : 'system'}
            onChange={(motion) => change({ still: motion === 'less' })}
          />
        </Row>
        <Row icon={<MessagesSquare {...icon} />} title={t('settings.own')}>
          <Segmented
            label={t('settings.own')}
            options={[
              { value: 'right', label: t('settings.ownRight') },
              { value: 'left', label: t('settings.ownLeft') },
            ]}
            value={settings.ownLeft ? 'left' : 'right'}
            onChange={(side) => change({ ownLeft: side === 'left' })}
          />
        </Row>
        <div className={styles.switchRow}>
          <Bold {...icon} />
          <Switch
            className={styles.switch ?? ''}
            label={t('settings.formats')}
            help={t('settings.formatsText')}
            selected={!settings.asWritten}
            onChange={(on) => change({ asWritten: !on })}
          />
        </div>
        <div className={styles.switchRow}>
          <SpellCheck {...icon} />
          <Switch
            className={styles.switch ?? ''}
            label={t('settings.spelling')}
            help={t('settings.spellingText')}
            selected={settings.spelling ?? false}
            onChange={(on) => change({ spelling: on })}
          />
        </div>
      </Rows>
      <Group title={t('settings.preview')}>
        <Card className={styles.preview}>
          <Lid letter="A" color={5} size={32} />
          <div className={styles.theirs}>
            <FormattedText text={t('settings.previewTheirs')} asWritten={settings.asWritten ?? false} />
          </div>
          <p className={styles.mine}>{t('settings.previewMine')}</p>
        </Card>
      </Group>
    </>
  );
}
