import { useEffect, useRef, useState } from 'react';
import { backend, toBackendError } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { closeDialog, shortName, showConversation, showSettings } from '@/model';
import { Button, classes, focusSoon, Note, TextField } from '@/ui';
import styles from './AddContact.module.css';
import { movesAlongTabs } from './arrived';
import { FoundCard } from './FoundCard';
import { useHandle, type Wanted } from './useHandle';

/** Bytes of a first message, at most. */
const mostFirst = 1024;

const encoder = new TextEncoder();

/** Refusals after which the list of servers is the place to go on. */
const ofServers = [
  'handle-server-unknown',
  'handle-server-down',
  'handle-no-server',
  'handle-not-offered',
  'handle-elsewhere',
];

interface FindHandleProps {
  wanted: Wanted;
  onWanted: (wanted: Wanted) => void;
  onClose: () => void;
}

/** Somebody's handle: who has it, and the first message, which is the request. */
export function FindHandle({ wanted, onWanted, onClose }: FindHandleProps) {
  const { t } = useTranslation();
  const [focusField] = useState(() => !movesAlongTabs());
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<unknown>();
  const place = useRef<HTMLDivElement>(null);
  const open = useRef<HTMLButtonElement>(null);
  const { found, failure, asking, ask } = useHandle(wanted.handle);

  const refusal = refused === undefined ? undefined : toBackendError(refused);
  const known = found?.conversation ?? (refusal?.code === 'contact-already' ? refusal.params.conversation : undefined);
  const name = found ? shortName(found.name) : '';
  const first = wanted.message.trim();
  const size = encoder.encode(first).length;
  const long = size > mostFirst;
  const toServers = failure !== undefined && ofServers.includes(toBackendError(failure).code);

  // Whoever was found is written to next.
  useEffect(() => {
    if (found) (place.current?.querySelector('textarea') ?? open.current)?.focus();
  }, [found]);

  function find(): void {
    if (asking) return;
    setRefused(undefined);
    ask();
  }

  function show(conversation: string): void {
    onClose();
    showConversation(conversation);
    focusSoon('[data-composer]');
  }

  function whyNot(): string | undefined {
    if (!found) return wanted.handle.trim() === '' ? t('addcontact.handleFirst') : undefined;
    if (known) return undefined;
    if (size === 0) return t('addcontact.writeFirst');
    return long ? t('errors.request-long') : undefined;
  }
  const blocked = whyNot();

  async function send(): Promise<void> {
    if (!found || blocked !== undefined || pending) return;
    setPending(true);
    setRefused(undefined);
    try {
      show((await backend().askHandle(found.handle, found.peerId, first)).id);
    } catch (reason) {
      setRefused(reason);
      setPending(false);
    }
  }

  return (
    <>
      <div className={styles.body}>
        <TextField
          label={t('addcontact.handleLabel')}
          large
          autoFocus={focusField}
          value={wanted.handle}
          placeholder={t('addcontact.handleExample')}
          pending={asking}
          error={failure === undefined ? undefined : errorText(failure)}
          good={found ? t('addcontact.handleFound') : undefined}
          help={asking ? t('addcontact.looking') : t('addcontact.handleHelp')}
          onChange={(handle) => {
            setRefused(undefined);
            onWanted({ ...wanted, handle });
          }}
          onEnter={find}
        />
        {toServers && (
          <div>
            <Button
              size="small"
              onPress={() => {
                closeDialog();
                showSettings('network');
              }}
            >
              {t('addcontact.network')}
            </Button>
          </div>
        )}
        <div className={styles.found} role="status">
          {found && <FoundCard key={found.peerId} person={found} />}
        </div>
        {known && <p className={styles.about}>{t('addcontact.already', { name })}</p>}
        {found?.asking && !known && <p className={styles.about}>{t('addcontact.asksToo', { name })}</p>}
        {found && !known && (
          <div className={styles.message} ref={place}>
            <TextField
              label={t('addcontact.first', { name })}
              help={t('addcontact.strangerHelp', { name })}
              placeholder={t('addcontact.firstExample', { name })}
              rows={3}
              spellCheck
              value={wanted.message}
              error={long ? t('errors.request-long') : undefined}
              onChange={(message) => {
                setRefused(undefined);
                onWanted({ ...wanted, message });
              }}
              onEnter={() => void send()}
            />
            {size > 0 && (
              <span className={classes(styles.count, long && styles.bad)}>
                {t('addcontact.size', { used: number(size), most: number(mostFirst) })}
              </span>
            )}
          </div>
        )}
        {refused !== undefined && !known && (
          <Note kind="bad" role="alert">
            {errorText(refused)}
          </Note>
        )}
      </div>
      <footer className={styles.footer}>
        <Button kind="quiet" onPress={onClose}>
          {t('app.cancel')}
        </Button>
        <Button
          ref={open}
          kind="primary"
          pending={pending || asking}
          disabledReason={blocked}
          onPress={() => {
            if (!found) find();
            else if (known) show(known);
            else void send();
          }}
        >
          {words()}
        </Button>
      </footer>
    </>
  );

  function words(): string {
    if (!found) return asking ? t('addcontact.looking') : t('addcontact.find');
    if (known) return t('addcontact.open');
    return pending ? t('addcontact.sending') : t('addcontact.send');
  }
}
