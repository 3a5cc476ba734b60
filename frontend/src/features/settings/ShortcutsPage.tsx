import { Fragment } from 'react';
import { useTranslation } from '@/i18n';
import {
  Card,
  Kbd,
  keysAnywhere,
  keysOfComposer,
  keysOfLog,
  keysOfMessage,
  keysOfRow,
  keysOfSelection,
  keysOfToast,
} from '@/ui';
import { PageHead } from './Parts';
import styles from './Shortcuts.module.css';

/** Every key by where it works: the tables that the handlers ask. */
export const keyTables = {
  anywhere: { ...keysAnywhere, ...keysOfToast },
  row: keysOfRow,
  composer: keysOfComposer,
  log: keysOfLog,
  message: keysOfMessage,
  selection: keysOfSelection,
} as const;

type Place = keyof typeof keyTables;

/** The keys that do something, as they are called on this system. */
export function ShortcutsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHead title={t('shortcuts.title')}>{t('shortcuts.text')}</PageHead>
      <div className={styles.columns}>
        <Keys place="anywhere" />
        <div className={styles.column}>
          <Keys place="row" />
          <Keys place="composer" />
          <Keys place="log" />
          <Keys place="message" />
          <Keys place="selection" />
        </div>
      </div>
    </>
  );
}

function Keys({ place }: { place: Place }) {
  const { t } = useTranslation();
  const table: Readonly<Record<string, readonly string[]>> = keyTables[place];
  return (
    <section aria-label={t(`shortcuts.${place}`)}>
      <Card className={styles.card}>
        <h2 className={styles.place}>{t(`shortcuts.${place}`)}</h2>
        <dl className={styles.keys}>
          {Object.entries(table).map(([key, combinations]) => (
            <div key={key} className={styles.key}>
              <dt>{t(`shortcuts.key.${key as 'send'}`)}</dt>
              <dd className={styles.combinations}>
                {shown(combinations).map((combination, index) => (
                  <Fragment key={combination}>
                    {index > 0 && (
                      <span className={styles.or}>{t(isRow(combinations) ? 'shortcuts.to' : 'shortcuts.or')}</span>
                    )}
                    <span className={styles.combination}>
                      {combination.split(' ').map((part) => (
                        <Kbd key={part} keys={part} />
                      ))}
                    </span>
                  </Fragment>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </Card>
    </section>
  );
}

/** Whether many keys in a row do the same for a place each. */
function isRow(combinations: readonly string[]): boolean {
  return combinations.length > 3;
}

/** The combinations that are shown: of many in a row the first and the last. */
function shown(combinations: readonly string[]): readonly string[] {
  return isRow(combinations) ? [combinations[0] ?? '', combinations.at(-1) ?? ''] : combinations;
}
