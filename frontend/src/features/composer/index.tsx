import { Archive, ArrowUp, Ban, Check, KeyRound, UserX } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { dateOf, errorText, problemText, useTranslation } from '@/i18n';
import {
  aimOf,
  askDelete,
  draftOf,
  endEdit,
  endReply,
  flushDraft,
  keepDraft,
  keepEdit,
  keepReply,
  lastOwn,
  liftBan,
  lineView,
  placeAnswer,
  shortName,
  showAddContact,
  showConversation,
  showLatest,
  showToast,
  startEdit,
  useAim,
  useSession,
  useWritingAsked,
} from '@/model';
import { Button, classes, isPressed, keysOfComposer, Note } from '@/ui';
import { AimBar } from './AimBar';
import styles from './Composer.module.css';
import { EmojiButton } from './EmojiButton';
import { kibibytes, measureText, sendsMessage, textMost } from './limits';
import { type Format, replaceIn, wrapped } from './wrapping';

/** The place to write. Give it a key of the conversation's id: each has its own text. */
export function Composer({ conversation }: { conversation: Conversation }) {
  if (conversation.contact === 'banned') return <BannedBar conversation={conversation} />;
  if (conversation.contact === 'forgotten') return <ForgottenBar conversation={conversation} />;
  return <Writable conversation={conversation} />;
}

/** The box, unless this person or the other one gave their identity up: then it says so. */
function Writable({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const gone = useSession((state) => state.profile.retired);
  if (conversation.next) return <MovedBar conversation={conversation} next={conversation.next} />;
  if (!gone && !conversation.retired) return <Box conversation={conversation} />;
  return (
    <div className={styles.composer}>
      <Note icon={<Archive size={18} strokeWidth={1.75} aria-hidden="true" />}>
        {gone
          ? t('verify.retiredMe', { date: dateOf(gone) })
          : t('verify.retired', { name: shortName(conversation.name), date: dateOf(conversation.retired ?? '') })}
      </Note>
    </div>
  );
}

/** Where it goes on, since a key changed. */
function MovedBar({ conversation, next }: { conversation: Conversation; next: string }) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  return (
    <div className={styles.composer}>
      <Note
        icon={<KeyRound size={18} strokeWidth={1.75} aria-hidden="true" />}
        action={
          <Button size="small" onPress={() => showConversation(next)}>
            {t('keychange.goOn')}
          </Button>
        }
      >
        {conversation.former
          ? t('keychange.former')
          : t('keychange.moved', { name, date: dateOf(conversation.retired ?? '') })}
      </Note>
    </div>
  );
}

/** The typing notice goes out at most this often, in milliseconds. */
const typingEvery = 3000;

function Box({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const { id } = conversation;
  const name = shortName(conversation.name);
  const problem = useSession((state) => state.problem);
  const spelling = useSession((state) => state.settings.spelling ?? false);
  const aim = useAim(id);
  const { edit } = aim;
  const barId = useId();
  const [draft, setText] = useState(() => draftOf(id));
  const text = edit?.text ?? draft;
  const [failure, setFailure] = useState<unknown>();
  const area = useRef<HTMLTextAreaElement>(null);
  const [picking, setPicking] = useState(false);
  const typedAt = useRef(0);
  // What was sent last, until it stands in the conversation.
  const sending = useRef(Promise.resolve());
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

  // A message is answered or edited: the words come next, from the first letter on.
  const asked = useWritingAsked();
  const known = useRef(asked);
  useLayoutEffect(() => {
    if (known.current === asked) return;
    known.current = asked;
    const element = area.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, [asked]);

  function write(next: string): void {
    setFailure(undefined);
    if (edit) {
      keepEdit(id, next);
      return;
    }
    setText(next);
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

  async function save(): Promise<void> {
    if (!edit || edit.gone || measure.tooLong || blocked !== undefined) return;
    const { message } = edit;
    if (text.trim() === '') {
      askDelete(message);
      return;
    }
    endEdit(id);
    setFailure(undefined);
    if (text === message.text) return;
    try {
      await backend().editMessage(id, message.id, text);
    } catch (reason) {
      setFailure(reason);
      if (!aimOf(id).edit) startEdit(message, text);
    }
  }

  async function send(): Promise<void> {
    if (edit) return save();
    if (!measure.sendable || blocked !== undefined) return;
    const sent = text;
    const { reply } = aim;
    setText('');
    endReply(id);
    setFailure(undefined);
    keepDraft(id, '');
    flushDraft(id);
    typedAt.current = 0;
    area.current?.focus();
    try {
      const message = await (reply && !reply.gone
        ? backend().sendReply(id, sent, reply.message.id)
        : backend().sendText(id, sent));
      placeAnswer(message);
      void showLatest(id);
    } catch (reason) {
      setFailure(reason);
      if (reply && !aimOf(id).reply) keepReply(id, reply);
      setText((now) => {
        const back = now === '' ? sent : `${sent}\n${now}`;
        keepDraft(id, back);
        return back;
      });
    }
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    const { key, shiftKey, ctrlKey, altKey, metaKey, keyCode } = event;
    const isComposing = event.nativeEvent.isComposing;
    if (isComposing) return;
    if (sendsMessage({ key, shiftKey, ctrlKey, altKey, metaKey, keyCode, isComposing })) {
      event.preventDefault();
      sending.current = send();
    } else if (isPressed(event, keysOfComposer.leaveAim) && (edit || aim.reply)) {
      event.preventDefault();
      setFailure(undefined);
      if (edit) endEdit(id);
      else endReply(id);
    } else if (isPressed(event, keysOfComposer.emoji)) {
      event.preventDefault();
      setPicking(true);
    } else if (putFormat(event)) {
      // The window's own keys do not see it: Ctrl I is the details where nothing is marked.
      event.preventDefault();
      event.stopPropagation();
    } else if (isPressed(event, keysOfComposer.editLast) && text === '' && !edit) {
      event.preventDefault();
      if (blocked === undefined) void editLast(id, sending.current);
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
        <AimBar id={barId} aim={aim} name={name} onEnd={() => area.current?.focus()} />
        <textarea
          ref={area}
          className={styles.area}
          rows={1}
          value={text}
          aria-label={edit ? t('message.editLabel') : t('composer.message', { name })}
          aria-describedby={edit || aim.reply ? barId : undefined}
          placeholder={edit ? t('message.editLabel') : t(`composer.${hint}`, { name })}
          aria-invalid={measure.tooLong || undefined}
          dir="auto"
          spellCheck={spelling}
          data-composer=""
          onChange={(event) => write(event.target.value)}
          onBlur={() => flushDraft(id)}
          onKeyDown={onKeyDown}
        />
        <EmojiButton field={area} open={picking} onOpenChange={setPicking} />
        {measure.counted && (
          <span className={classes(styles.count, measure.tooLong && styles.over)} role="status">
            {measure.tooLong ? t('composer.tooLong', over) : t('composer.bytes', over)}
          </span>
        )}
        {(edit || text.trim() !== '') && (
          <button
            type="button"
            className={styles.send}
            aria-label={edit ? t('message.editSave') : t('composer.send')}
            title={edit ? t('message.editSave') : t('composer.send')}
            aria-disabled={
              (edit ? edit.gone || measure.tooLong : !measure.sendable) || blocked !== undefined || undefined
            }
            onClick={() => {
              sending.current = send();
            }}
          >
            {edit ? (
              <Check size={18} strokeWidth={2} aria-hidden="true" />
            ) : (
              <ArrowUp size={18} strokeWidth={2} aria-hidden="true" />
            )}
          </button>
        )}
      </div>
    </div>
  );
}

const formats: readonly Format[] = ['bold', 'italic', 'code'];

/** Puts the format of a key on what is marked; false when it is no such key, or nothing is marked. */
function putFormat(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
  const format = formats.find((one) => isPressed(event, keysOfComposer[one]));
  const { value, selectionStart, selectionEnd } = event.currentTarget;
  const next = format && wrapped(value, selectionStart, selectionEnd, format);
  if (next) replaceIn(event.currentTarget, next);
  return next !== undefined;
}

/** Puts the last text of mine into the composer, if there is one: that which is being sent, once it is. */
async function editLast(conversation: string, sending: Promise<void>): Promise<void> {
  try {
    await sending;
    const message = await lastOwn(conversation);
    if (message && draftOf(conversation) === '') startEdit(message);
  } catch (reason) {
    showToast(errorText(reason));
  }
}

function hintOf(conversation: Conversation): 'message' | 'waiting' | 'noNetwork' | 'asked' | 'held' {
  const { state } = lineView(conversation);
  return state === 'waiting' || state === 'noNetwork' || state === 'asked' || state === 'held' ? state : 'message';
}

/** Who is no contact any more can be asked again. */
function ForgottenBar({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  return (
    <div className={styles.composer}>
      <Note
        icon={<UserX size={18} strokeWidth={1.75} aria-hidden="true" />}
        action={
          <Button size="small" onPress={() => showAddContact('paste')}>
            {t('manage.ask')}
          </Button>
        }
      >
        {t('manage.writeAgain', { name: shortName(conversation.name) })}
      </Note>
    </div>
  );
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
