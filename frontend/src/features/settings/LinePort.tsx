import { EthernetPort } from 'lucide-react';
import { useState } from 'react';
import { errorText, useTranslation } from '@/i18n';
import { useSession } from '@/model';
import { Select, TextField } from '@/ui';
import styles from './Network.module.css';
import { Row } from './Parts';
import { useChange } from './useChange';

/** How many ports lines use from the first one, and what that can be. */
const count = 100;
const least = 1024;
const most = 65536 - count;
const usual = 50000;

/** The number of a first port, undefined where it is none. */
export function portFrom(text: string): number | undefined {
  const port = /^\d{4,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= least && port <= most ? port : undefined;
}

/** Which UDP ports lines use: any, or some that a router lets through. */
export function LinePort() {
  const { t } = useTranslation();
  const port = useSession((state) => state.settings.linePort ?? 0);
  const [text, setText] = useState<string>();
  const [wrong, setWrong] = useState(false);
  const [change, failure] = useChange();

  function keep(): void {
    if (text === undefined) return;
    const chosen = portFrom(text);
    setWrong(chosen === undefined);
    if (chosen === undefined) return;
    setText(undefined);
    if (chosen !== port) change({ linePort: chosen });
  }

  return (
    <div>
      <Row
        icon={<EthernetPort size={18} strokeWidth={1.75} aria-hidden="true" />}
        title={t('route.port')}
        help={t('route.portText')}
      >
        <Select
          label={t('route.port')}
          labelHidden
          options={[
            { value: 'any', label: t('route.portAny') },
            { value: 'chosen', label: t('route.portChosen') },
          ]}
          value={port > 0 ? 'chosen' : 'any'}
          onChange={(which) => {
            setText(undefined);
            setWrong(false);
            change({ linePort: which === 'any' ? 0 : usual });
          }}
        />
      </Row>
      {port > 0 && (
        <TextField
          className={styles.port ?? ''}
          label={t('route.portFirst')}
          mono
          value={text ?? String(port)}
          error={wrong ? t('route.portWrong', { least: String(least), most: String(most) }) : undefined}
          help={t('route.portRange', { first: String(port), last: String(port + count - 1) })}
          onChange={(typed) => {
            setText(typed);
            setWrong(false);
          }}
          onBlur={keep}
          onEnter={keep}
        />
      )}
      {failure !== undefined && (
        <p className={styles.portFailure} role="alert">
          {errorText(failure)}
        </p>
      )}
    </div>
  );
}
