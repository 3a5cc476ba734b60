import { sceneNames } from '@/backend/scenes';
import type { Language } from '@/i18n';
import { Section } from './Section';
import styles from './Workshop.module.css';

/** Whole screens on the fake backend. */
export function Scenes({ theme, language }: { theme: string; language: Language }) {
  return (
    <Section name="scenes" title="Scenes">
      <ul className={styles.scenes}>
        {sceneNames.map((name) => (
          <li key={name}>
            <a href={`?fake=${name}&theme=${theme}&lang=${language}`}>{name}</a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
