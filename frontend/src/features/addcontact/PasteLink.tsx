import { useEffect, useRef, useState } from 'react';
import { backend, toBackendError } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { shortName, showConversation } from '@/model';
import { Button, classes, focusSoon, Note, TextField } from '@/ui';
import styles from './AddContact.module.css';
import { movesAlongTabs } from './arrived';
import { Inviter } from './Inviter';
import { askedLink, changedLink, type LinkText, useInvite } from './useInvite';

/** Bytes of a first message, at most. */
const mostFirst = 1024;

const encoder = new TextEncoder();

interface PasteLinkProps {
  /** The link that was opened outside, '' for none. */
  outside: string;
  link: LinkText;
  message: string;
  onLink: (link: LinkText) => void;
  onMessage: (message: string) => void;
  onClose: () => void;
}

/** Someone else's link: whom it leads to, and the first message, which is the request. */
export function PasteLink({ outside, link, message, onLink, onMessage, onClose }: PasteLinkProps) {
  const { t } = useTranslation();
  const [focusField] = useState(() => !movesAlongTabs());
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<unknown>();
  const place = useRef<HTMLDivElement>(null);
  const open = useRef<HTMLButtonElement>(null);
  // Set by Enter: go on as soon as it is known where to.
  const goOn = useRef(false);
  const { preview, failure, reading } = useInvite(link);

  const refusal = refused === undefined ? undefined : toBackendError(refused);
  const known =
    preview?.conversation ?? (refusal?.code === 'contact-already' ? refusal.params.conversation : undefined);
  const name = preview ? shortName(preview.name) : '';
  const first = message.trim();
  const size = encoder.encode(first).length;
  const long = size > mostFirst;

  // A link that was opened outside needs no typing here: what is missing is the message.
  const arrived = outside !== '' && link.text === outside && preview !== undefined && focusField;
  useEffect(() => {
    if (preview && (arrived || goOn.current)) focusNext();
  }, [arrived, preview]);

  function focusNext(): void {
    goOn.current = false;
    (place.current?.querySelector('textarea') ?? open.current)?.focus();
  }

  function whyNot(): string | undefined {
    if (!preview) return t('addcontact.linkFirst');
    if (known) return undefined;
    if (size === 0) return t('addcontact.writeFirst');
    return long ? t('errors.request-long') : undefined;
  }
  const blocked = whyNot();

  function show(conversation: string): void {
    onClose();
    showConversation(conversation);
    focusSoon('[data-composer]');
  }

  async function send(): Promise<void> {
    if (blocked !== undefined || pending) return;
    setPending(true);
    setRefused(undefined);
    try {
      show((await backend().sendRequest(link.text, first)).id);
    } catch (reason) {
      setRefused(reason);
      setPending(false);
    }
  }

  return (
    <>
      <div className={styles.body}>
        <TextField
          label={t('addcontact.pasteLabel')}
          large
          mono
          autoFocus={focusField}
          value={link.text}
          placeholder="tincan:invite/1#…"
          pending={reading}
          error={failure === undefined ? undefined : errorText(failure)}
          good={preview ? t('addcontact.good') : undefined}
          help={reading ? t('addcontact.reading') : t('addcontact.pasteHelp')}
          onChange={(text) => {
            goOn.current = false;
            setRefused(undefined);
            onLink(changedLink(link.text, text));
          }}
          onEnter={() => {
            if (preview) {
              focusNext();
              return;
            }
            goOn.current = true;
            setRefused(undefined);
            onLink(askedLink(link));
          }}
        />
        <div className={styles.found} role="status">
          {preview && <Inviter key={preview.peerId} preview={preview} />}
        </div>
        {known && <p className={styles.about}>{t('addcontact.already', { name })}</p>}
        {preview && !known && (
          <div className={styles.message} ref={place}>
            <TextField
              label={t('addcontact.first', { name })}
              help={t('addcontact.firstHelp', { name })}
              placeholder={t('addcontact.firstExample', { name })}
              rows={3}
              spellCheck
              value={message}
              error={long ? t('errors.request-long') : undefined}
              onChange={(text) => {
                setRefused(undefined);
                onMessage(text);
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
          pending={pending}
          disabledReason={blocked}
          onPress={() => (known ? show(known) : void send())}
        >
          {known ? t('addcontact.open') : pending ? t('addcontact.sending') : t('addcontact.send')}
        </Button>
      </footer>
    </>
  );
}
