import { Copy, Keyboard } from 'lucide-react';
import { useEffect, useState } from 'react';
import { backend, type Conversation, type NumberCheck, type Safety } from '@/backend';
import { digitGroups, errorText, useTranslation } from '@/i18n';
import { shortName, showToast } from '@/model';
import { Button, QRCode, TextField } from '@/ui';
import styles from './Verify.module.css';

/** The number in groups of five, its code, and a place for the one on the other screen. */
export function NumberPart({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const [safety, setSafety] = useState<Safety>();
  const [failure, setFailure] = useState<unknown>();
  const [typing, setTyping] = useState(false);
  const { id } = conversation;
  useEffect(() => {
    let gone = false;
    backend()
      .safety(id)
      .then(
        (found) => {
          if (!gone) setSafety(found);
        },
        (reason: unknown) => {
          if (!gone) setFailure(reason);
        },
      );
    return () => {
      gone = true;
    };
  }, [id]);
  const groups = digitGroups(safety?.number ?? '');
  return (
    <>
      <div className={styles.number}>
        <div className={styles.code}>
          {safety && <QRCode path={safety.qr} size={safety.qrSize} label={t('verify.qr')} />}
        </div>
        <div className={styles.digitsPart}>
          <h3 className={styles.label}>{t('verify.number')}</h3>
          {failure !== undefined && (
            <p className={styles.failure} role="alert">
              {errorText(failure)}
            </p>
          )}
          <ol className={styles.digits} aria-label={t('verify.number')}>
            {groups.map((group, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a group is its place; two may be alike.
              <li key={index}>{group}</li>
            ))}
          </ol>
          <div className={styles.tools}>
            <Button
              size="small"
              icon={<Copy size={14} strokeWidth={2} aria-hidden="true" />}
              onPress={() => {
                navigator.clipboard.writeText(groups.join(' ')).then(
                  () => showToast(t('verify.copied')),
                  () => showToast(t('app.copyFailed')),
                );
              }}
            >
              {t('verify.copy')}
            </Button>
            {!typing && (
              <Button
                size="small"
                icon={<Keyboard size={14} strokeWidth={2} aria-hidden="true" />}
                onPress={() => setTyping(true)}
              >
                {t('verify.type')}
              </Button>
            )}
          </div>
        </div>
      </div>
      {typing && <TypeNumber conversation={conversation} />}
    </>
  );
}

/** Compares what was pasted or typed as it is written. */
function TypeNumber({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [found, setFound] = useState<NumberCheck>();
  const [failure, setFailure] = useState<unknown>();
  const { id } = conversation;
  useEffect(() => {
    let gone = false;
    if (text.trim() === '') return;
    backend()
      .compareNumber(id, text)
      .then(
        (checked) => {
          if (gone) return;
          setFound(checked);
          setFailure(undefined);
        },
        (reason: unknown) => {
          if (!gone) setFailure(reason);
        },
      );
    return () => {
      gone = true;
    };
  }, [id, text]);
  return (
    <TextField
      label={t('verify.typeLabel', { name: shortName(conversation.name) })}
      help={
        found && !found.same && found.clean && found.group === 0
          ? t('verify.typedSoFar', { count: found.digits })
          : t('verify.typeHelp')
      }
      error={failure === undefined ? wrong(found) : errorText(failure)}
      good={found?.same ? t('verify.typedSame') : undefined}
      value={text}
      mono
      autoFocus
      rows={2}
      maxLength={400}
      onChange={(next) => {
        setText(next);
        if (next.trim() === '') setFound(undefined);
      }}
    />
  );

  function wrong(checked: NumberCheck | undefined): string | undefined {
    if (!checked || checked.same) return undefined;
    if (!checked.clean) return t('verify.typedOther');
    return checked.group > 0 ? t('verify.typedDiffers', { group: checked.group }) : undefined;
  }
}
