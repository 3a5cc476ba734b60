import { ArrowUp, Ban } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { errorText, problemText, useTranslation } from '@/i18n';
import {
  applyMessages,
  draftOf,
  flushDraft,
  keepDraft,
  liftBan,
  lineView,
  shortName,
  showLatest,
  showToast,
  useSession,
} from '@/model';
import { Button, classes, Note } from '@/ui';
import styles from './Composer.module.css';
import { kibibytes, measureText, sendsMessage, textMost } from './limits';

/** The place to write. Give it a key of the conversation's id: each has its own text. */
export function Composer({ conversation }: { conversation: Conversation }) {
  if (conversation.contact === 'banned') return <BannedBar conversation={conversation} />;
  return <Box conversation={conversation} />;
}

/** The typing notice goes out at most this often, in milliseconds. */
const typingEvery = 3000;

function Box({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const { id } = conversation;
  const name = shortName(conversation.name);
  const problem = useSession((state) => state.problem);
  const [text, setText] = useState(() => draftOf(id));
  const [failure, setFailure] = useState<unknown>();
  const area = useRef<HTMLTextAreaElement>(null);
  const typedAt = useRef(0);
  const measure = measureText(text);
  const blocked =
    problem && problem.code !== 'clock-wrong' && problem.code !== 'disk-full' ? problemText(problem) : undefined;

  // Grows with its text; the style sheet stops it at eight lines.
  useLayoutEffect(() => {
    const element = area.current;
    if (!element || element.value !== text) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  useEffect(() => () => flushDraft(id), [id]);

  function write(next: string): void {
    setText(next);
    setFailure(undefined);
    keepDraft(id, next);
    const now = Date.now();
    if (next.trim() !== '' && now - typedAt.current >= typingEvery) {
      typedAt.current = now;
      // Nobody misses a typing notice.
      backend()
        .typing(id)
        .catch(() => undefined);
    }
  }

  async function send(): Promise<void> {
    if (!measure.sendable || blocked !== undefined) return;
    const sent = text;
    setText('');
    setFailure(undefined);
    keepDraft(id, '');
    flushDraft(id);
    typedAt.current = 0;
    area.current?.focus();
    try {
      const message = await backend().sendText(id, sent);
      applyMessages([message]);
      void showLatest(id);
    } catch (reason) {
      setFailure(reason);
      setText((now) => {
        const back = now === '' ? sent : `${sent}\n${now}`;
        keepDraft(id, back);
        return back;
      });
    }
  }

  const hint = hintOf(conversation);
  const over = { used: kibibytes(measure.bytes), most: String(textMost / 1024) };
  return (
    <div className={styles.composer}>
      {(failure !== undefined || blocked !== undefined) && (
        <Note kind="bad" role="alert" className={styles.note ?? ''}>
          {blocked ?? errorText(failure)}
        </Note>
      )}
      <div className={styles.box}>
        <textarea
          ref={area}
          className={styles.area}
          rows={1}
          value={text}
          aria-label={t('composer.message', { name })}
          placeholder={t(`composer.${hint}`, { name })}
          aria-invalid={measure.tooLong || undefined}
          dir="auto"
          data-composer=""
          onChange={(event) => write(event.target.value)}
          onBlur={() => flushDraft(id)}
          onKeyDown={(event) => {
            const { key, shiftKey, ctrlKey, altKey, metaKey, keyCode } = event;
            const isComposing = event.nativeEvent.isComposing;
            if (!sendsMessage({ key, shiftKey, ctrlKey, altKey, metaKey, keyCode, isComposing })) return;
            event.preventDefault();
            void send();
          }}
        />
        {measure.counted && (
          <span className={classes(styles.count, measure.tooLong && styles.over)} role="status">
            {measure.tooLong ? t('composer.tooLong', over) : t('composer.bytes', over)}
          </span>
        )}
        {text.trim() !== '' && (
          <button
            type="button"
            className={styles.send}
            aria-label={t('composer.send')}
            title={t('composer.send')}
            aria-disabled={!measure.sendable || blocked !== undefined || undefined}
            onClick={() => void send()}
          >
            <ArrowUp size={18} strokeWidth={2} aria-hidden="true" />
          </button>
        )}
      </div>
    </div>
  );
}

function hintOf(conversation: Conversation): 'message' | 'waiting' | 'noNetwork' | 'asked' {
  const { state } = lineView(conversation);
  return state === 'waiting' || state === 'noNetwork' || state === 'asked' ? state : 'message';
}

function BannedBar({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const [failure, setFailure] = useState<unknown>();
  const [pending, setPending] = useState(false);
  return (
    <div className={styles.composer}>
      <Note
        icon={<Ban size={18} strokeWidth={1.75} aria-hidden="true" />}
        action={
          <Button
            size="small"
            pending={pending}
            onPress={() => {
              setPending(true);
              liftBan(conversation)
                .then(() => showToast(t('composer.unbanned', { name })), setFailure)
                .finally(() => setPending(false));
            }}
          >
            {t('composer.undo')}
          </Button>
        }
      >
        {failure === undefined ? t('composer.banned', { name }) : errorText(failure)}
      </Note>
    </div>
  );
}
