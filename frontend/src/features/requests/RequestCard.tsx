import { AtSign, Ban, Fingerprint, Link2, ShieldAlert } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { backend, type Request } from '@/backend';
import { dateAndTime, dateOf, digitGroups, errorText, timeAgo, useTranslation } from '@/i18n';
import {
  answerOf,
  flushDraft,
  hasNamesake,
  initial,
  keepAnswer,
  keepDraft,
  shortName,
  showConversation,
  showToast,
  useSession,
} from '@/model';
import { Button, Card, focusWhenLost, Lid, Note, TextField } from '@/ui';
import { BanRequestDialog } from './BanRequestDialog';
import styles from './Requests.module.css';

/** So many of the twelve groups are shown at first. */
const firstGroups = 3;
const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Who asks, what they wrote, what is known of them, and the answer. Nothing else is known of them before it. */
export function RequestCard({ request }: { request: Request }) {
  const { t } = useTranslation();
  const [answering, setAnswering] = useState<'accept' | 'decline'>();
  const [banning, setBanning] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const name = shortName(request.name);
  const [text, setText] = useState(() => answerOf(request.id));
  const words = text.trim() !== '';
  const namesake = useSession((state) => hasNamesake(Object.values(state.conversations), request));

  async function answer(which: 'accept' | 'decline'): Promise<void> {
    if (answering) return;
    setAnswering(which);
    setFailure(undefined);
    try {
      if (which === 'accept') {
        const { id } = await backend().acceptRequest(request.id);
        if (words) await send(id);
        showConversation(id);
        focusWhenLost('[data-composer]');
      } else {
        await backend().declineRequest(request.id);
        showToast(t('requests.declined', { name }));
      }
    } catch (refusal) {
      setFailure(refusal);
      setAnswering(undefined);
    }
  }

  /** They are a contact now: what cannot be sent waits in the composer, which says why. */
  async function send(conversation: string): Promise<void> {
    try {
      await backend().sendText(conversation, text);
    } catch {
      keepDraft(conversation, text);
      flushDraft(conversation);
    }
    keepAnswer(request.id, '');
  }

  return (
    <Card className={styles.card}>
      <article className={styles.inside} aria-label={request.name}>
        <div className={styles.person}>
          <Lid letter={initial(request.name)} color={request.color} size={64} />
          <div className={styles.who}>
            <h2 className={styles.large}>{request.name}</h2>
            <p className={styles.asked}>
              <time dateTime={request.time} title={dateAndTime(request.time)}>
                {t('requests.asked', { when: timeAgo(request.time) })}
              </time>
            </p>
          </div>
        </div>
        {request.text && (
          // What is long scrolls, with the keyboard, too.
          <blockquote className={styles.text} dir="auto" tabIndex={isLong(request.text) ? 0 : undefined}>
            {request.text}
          </blockquote>
        )}
        {namesake && (
          <Note kind="warn" role="alert" className={styles.namesake ?? ''} icon={<ShieldAlert {...icon} />}>
            {t('verify.namesake', { name: request.name })}
          </Note>
        )}
        <h3 className={styles.known}>{t('requests.known')}</h3>
        <dl className={styles.facts}>
          <Fact drawing={request.stranger ? <AtSign {...icon} /> : <Link2 {...icon} />} what={t('requests.cameBy')}>
            {cameBy()}
          </Fact>
          <Fact drawing={<Fingerprint {...icon} />} what={t('requests.safety')}>
            <Digits text={request.safetyNumber} />
          </Fact>
        </dl>
        <TextField
          className={styles.answer ?? ''}
          label={t('requests.answer', { name })}
          help={t('requests.answerHelp', { name })}
          rows={2}
          spellCheck
          value={text}
          onChange={(next) => {
            setText(next);
            keepAnswer(request.id, next);
          }}
          onEnter={() => {
            if (words) void answer('accept');
          }}
        />
        {failure !== undefined && (
          <Note kind="bad" role="alert">
            {errorText(failure)}
          </Note>
        )}
        <div className={styles.answers}>
          <Button
            kind="primary"
            size="large"
            className={styles.accept ?? ''}
            pending={answering === 'accept'}
            onPress={() => void answer('accept')}
          >
            {t(answering === 'accept' ? 'requests.accepting' : words ? 'requests.acceptSend' : 'requests.accept')}
          </Button>
          <Button size="large" pending={answering === 'decline'} onPress={() => void answer('decline')}>
            {answering === 'decline' ? t('requests.declining') : t('requests.decline')}
          </Button>
          <Button kind="danger" size="large" icon={<Ban {...icon} />} onPress={() => setBanning(true)}>
            {t('requests.ban')}
          </Button>
        </div>
        <p className={styles.hint}>{t('requests.notTold', { name })}</p>
      </article>
      {banning && <BanRequestDialog request={request} onClose={() => setBanning(false)} />}
    </Card>
  );

  function cameBy(): string {
    if (request.stranger) return t('requests.yourHandle');
    const date = dateOf(request.inviteMade);
    return request.inviteLabel
      ? t('requests.yourLink', { label: request.inviteLabel, date })
      : t('requests.yourLinkPlain', { date });
  }
}

function Fact({ drawing, what, children }: { drawing: ReactNode; what: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt className={styles.what}>
        {drawing}
        {what}
      </dt>
      <dd className={styles.value}>{children}</dd>
    </div>
  );
}

/** The safety number in groups of five: the beginning, all of it on demand. */
function Digits({ text }: { text: string }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const number = useRef<HTMLSpanElement>(null);
  const groups = digitGroups(text);
  return (
    <>
      <span ref={number} className={styles.digits} tabIndex={-1}>
        {(all ? groups : groups.slice(0, firstGroups)).join(' ')}
        {!all && ' …'}
      </span>
      {!all && (
        <button
          type="button"
          className={styles.more}
          onClick={() => {
            setAll(true);
            number.current?.focus();
          }}
        >
          {t('requests.showAll')}
        </button>
      )}
    </>
  );
}

/** Whether it may be higher than the room that it gets. */
function isLong(text: string): boolean {
  return text.length > 300 || text.split('\n').length > 6;
}
