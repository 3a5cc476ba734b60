import { useEffect, useState } from 'react';
import { type Language, setLanguage } from '@/i18n';
import { Segmented, Select } from '@/ui';
import { Controls } from './Controls';
import { Facts } from './Facts';
import { Fields } from './Fields';
import { Formats } from './Formats';
import { Overlays } from './Overlays';
import { Scenes } from './Scenes';
import { Signs } from './Signs';
import styles from './Workshop.module.css';

type Theme = 'light' | 'dark';
type Density = 'cosy' | 'compact';

const sizes = ['0.9', '1', '1.15', '1.3'] as const;

/**
 * Every component in every state, and every scene of the fake backend. `?workshop` in development; the words on it are samples
 * for whoever builds the interface, and are not translated. scripts/pictures.mjs compares its sections with kept pictures.
 */
export function Workshop() {
  const asked = new URLSearchParams(location.search);
  const [theme, setTheme] = useState<Theme>(asked.get('theme') === 'dark' ? 'dark' : 'light');
  const [density, setDensity] = useState<Density>('cosy');
  const [size, setSize] = useState<(typeof sizes)[number]>('1');
  const [language, choose] = useState<Language>('en');
  useEffect(() => {
    const root = document.documentElement;
    root.dataset.theme = theme;
    root.dataset.density = density;
    root.style.setProperty('--scale', size);
    void setLanguage(language);
  }, [theme, density, size, language]);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>Workshop</h1>
        <div className={styles.tools}>
          <Segmented
            label="Theme"
            value={theme}
            options={[
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
            onChange={setTheme}
          />
          <Segmented
            label="Density"
            value={density}
            options={[
              { value: 'cosy', label: 'Cosy' },
              { value: 'compact', label: 'Compact' },
            ]}
            onChange={setDensity}
          />
          <Segmented
            label="Text size"
            value={size}
            options={sizes.map((one) => ({ value: one, label: `${Math.round(Number(one) * 100)} %` }))}
            onChange={setSize}
          />
          <Select
            label="Language"
            labelHidden
            value={language}
            options={[
              { value: 'en', label: 'English' },
              { value: 'zh-CN', label: '简体中文', lang: 'zh-CN' },
            ]}
            onChange={choose}
          />
        </div>
      </header>
      <main className={styles.sections}>
        <Controls />
        <Fields />
        <Signs />
        <Formats />
        <Facts />
        <Overlays />
        <Scenes theme={theme} language={language} />
      </main>
    </div>
  );
}
