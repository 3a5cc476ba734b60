import { useCallback, useEffect, useRef, useState } from 'react';
import { backend, type InvitePreview } from '@/backend';
import { dateOf, digitGroups, errorText, useTranslation } from '@/i18n';
import { initial, shortName, showConversation } from '@/model';
import { Button, Lid, Note, TextField } from '@/ui';
import styles from './AddContact.module.css';

/** The link is read after so long without a key, in milliseconds. */
const rest = 600;

/** What the backend says of a link. */
interface Answer {
  preview?: InvitePreview;
  failure?: unknown;
}

/** Bytes that the first message may have. */
const most = 1024;

/** Someone else's link: whom it leads to, and the first message, which is the request. */
export function PasteLink({ link, onClose }: { link: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(link);
  const [answer, setAnswer] = useState<Answer>({});
  const [reading, setReading] = useState(link !== '');
  const latest = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  /** Asks whom a link leads to; only the answer to the latest text counts. */
  const read = useCallback(async (asked: string): Promise<void> => {
    latest.current++;
    const turn = latest.current;
    const got = await backend()
      .readInvite(asked)
      .then((preview): Answer => ({ preview }))
      .catch((failure: unknown): Answer => ({ failure }));
    if (turn !== latest.current) return;
    setAnswer(got);
    setReading(false);
  }, []);

  useEffect(() => {
    if (link) void read(link);
    return () => clearTimeout(timer.current);
  }, [link, read]);

  function change(now: string): void {
    // What was pasted is read at once, what is typed after a rest.
    const pasted = now.length - text.length > 1;
    setText(now);
    setAnswer({});
    latest.current++;
    clearTimeout(timer.current);
    const asks = now.trim() !== '';
    setReading(asks);
    if (asks) timer.current = setTimeout(() => void read(now), pasted ? 0 : rest);
  }

  const { preview, failure } = answer;
  return (
    <>
      <TextField
        label={t('addcontact.pasteLabel')}
        help={t('addcontact.pasteHelp')}
        mono
        autoFocus
        value={text}
        placeholder="tincan:invite/1#…"
        pending={reading}
        error={failure === undefined ? undefined : errorText(failure)}
        onChange={change}
      />
      {preview && <Preview key={preview.peerId} link={text} preview={preview} onClose={onClose} />}
    </>
  );
}

interface PreviewProps {
  link: string;
  preview: InvitePreview;
  onClose: () => void;
}

function Preview({ link, preview, onClose }: PreviewProps) {
  const { t } = useTranslation();
  const [message, setMessage] = useState('');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const name = shortName(preview.name);
  const size = new TextEncoder().encode(message).length;

  function show(conversation: string): void {
    onClose();
    showConversation(conversation);
  }

  async function send(): Promise<void> {
    if (pending || size > most) return;
    setPending(true);
    setFailure(undefined);
    try {
      show((await backend().sendRequest(link, message.trim())).id);
    } catch (refusal) {
      setFailure(refusal);
      setPending(false);
    }
  }

  return (
    <section className={styles.preview} aria-label={t('addcontact.from', { name })} aria-live="polite">
      <div className={styles.person}>
        <Lid letter={initial(preview.name)} color={preview.color} size={48} />
        <div className={styles.linkText}>
          <b>{t('addcontact.from', { name: preview.name })}</b>
          <span className={styles.quiet}>
            {t('addcontact.found', { servers: preview.servers.join(', ') })} ·{' '}
            {t('addcontact.expires', { date: dateOf(preview.expires) })}
          </span>
        </div>
      </div>
      <p className={styles.quiet}>
        {t('addcontact.safety')} <span className={styles.digits}>{digitGroups(preview.safetyNumber).join(' ')}</span>
      </p>
      {preview.conversation ? (
        <div className={styles.foot}>
          <span>{t('addcontact.already', { name })}</span>
          <Button kind="primary" onPress={() => show(preview.conversation ?? '')}>
            {t('addcontact.open')}
          </Button>
        </div>
      ) : (
        <div className={styles.message}>
          <TextField
            label={t('addcontact.first', { name })}
            help={t('addcontact.firstHelp', { name })}
            rows={3}
            spellCheck
            value={message}
            error={size > most ? t('addcontact.size', { used: size }) : undefined}
            onChange={setMessage}
            onEnter={() => void send()}
          />
          {failure !== undefined && (
            <Note kind="bad" role="alert">
              {errorText(failure)}
            </Note>
          )}
          <Button
            kind="primary"
            pending={pending}
            disabledReason={size > most ? t('addcontact.size', { used: size }) : undefined}
            onPress={() => void send()}
          >
            {pending ? t('addcontact.sending') : t('addcontact.send')}
          </Button>
        </div>
      )}
    </section>
  );
}
