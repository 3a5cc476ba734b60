import { useEffect, useRef, useState } from 'react';
import { backend } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { shortName, showConversation } from '@/model';
import { Button, classes, focusWhenLost, Note, TextField } from '@/ui';
import styles from './AddContact.module.css';
import { mostFirst, sizeOf } from './first';
import { Inviter } from './Inviter';
import { changedLink, type ReadLink, useInvite } from './useInvite';

/** Someone else's link: whom it leads to, and the first message, which is the request. */
export function PasteLink({ link, onClose }: { link: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [read, setRead] = useState<ReadLink>({ text: link, pasted: true });
  const [message, setMessage] = useState('');
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<unknown>();
  const place = useRef<HTMLDivElement>(null);
  const { preview, failure, reading } = useInvite(read);

  const known = preview?.conversation;
  const name = preview ? shortName(preview.name) : '';
  const size = sizeOf(message);
  const long = size > mostFirst;
  const blocked = !preview
    ? t('addcontact.linkFirst')
    : known
      ? undefined
      : size === 0
        ? t('addcontact.writeFirst')
        : long
          ? t('errors.request-long')
          : undefined;

  const focusMessage = () => place.current?.querySelector('textarea')?.focus();

  // A link that was opened outside needs no typing here: what is missing is the message.
  const arrived = link !== '' && read.text === link && preview !== undefined;
  useEffect(() => {
    if (arrived) focusMessage();
  }, [arrived]);

  function show(conversation: string): void {
    onClose();
    showConversation(conversation);
    focusWhenLost('[data-composer]');
  }

  async function send(): Promise<void> {
    if (blocked !== undefined || pending) return;
    setPending(true);
    setRefused(undefined);
    try {
      show((await backend().sendRequest(read.text, message.trim())).id);
    } catch (refusal) {
      setRefused(refusal);
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
          autoFocus
          value={read.text}
          placeholder="tincan:invite/1#…"
          pending={reading}
          error={failure === undefined ? undefined : errorText(failure)}
          good={preview ? t('addcontact.good') : undefined}
          help={reading ? t('addcontact.reading') : t('addcontact.pasteHelp')}
          onChange={(text) => {
            setRead(changedLink(read.text, text));
            setRefused(undefined);
          }}
          onEnter={focusMessage}
        />
        <div className={styles.found} role="status">
          {preview && <Inviter key={preview.peerId} preview={preview} />}
        </div>
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
                setMessage(text);
                setRefused(undefined);
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
        {refused !== undefined && (
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
