import { AtSign, Ban, Cable, CalendarDays, Copy, Ellipsis, FileDown, Link2, ShieldCheck, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { dateOf, digitGroups, errorText, lineWords, useTranslation } from '@/i18n';
import {
  askBan,
  initial,
  liftBan,
  lineView,
  presenceWords,
  shortName,
  showByFile,
  showTalkMenu,
  showToast,
  showVerify,
  usePicture,
} from '@/model';
import { Button, boxOf, Chip, IconButton, Kbd, keyNames, keysAnywhere, Lid, TrustIcon } from '@/ui';
import styles from './Details.module.css';
import { DisappearTimer } from './DisappearTimer';
import { ExportTalk } from './ExportTalk';
import { LineRoute } from './LineRoute';
import { Mute } from './Mute';

/** Everything about one person that is not a message. */
export function Details({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const { contact } = conversation;
  // What goes on in another conversation is only read.
  const goesOn = contact === 'mutual' && conversation.next === undefined;
  const picture = usePicture(conversation.id, conversation.picture);
  const line = lineView(conversation);
  const more = useRef<HTMLSpanElement>(null);
  const place = useRef<HTMLElement>(null);

  // With a ban much goes and comes back: what has the focus stays in sight.
  useEffect(() => {
    const focused = document.activeElement;
    if (focused && place.current?.contains(focused)) focused.scrollIntoView?.({ block: 'nearest' });
  }, [contact]);

  return (
    <aside ref={place} className={styles.details} aria-label={t('details.label')} data-pane="details">
      <div className={styles.head}>
        <h2 className={styles.title}>{t('details.label')}</h2>
        <span ref={more} className={styles.more}>
          <IconButton
            label={t('details.more', { name })}
            size="small"
            onPress={() => {
              if (more.current) showTalkMenu(conversation.id, boxOf(more.current));
            }}
          >
            <Ellipsis size={18} strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
        </span>
        <IconButton label={t('details.close')} keys={keyNames(keysAnywhere.details[0])} size="small" onPress={onClose}>
          <X size={18} strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      </div>
      <div className={styles.person}>
        <Lid
          letter={initial(conversation.name)}
          color={conversation.color}
          size={84}
          picture={picture}
          presence={contact === 'mutual' ? conversation.presence : 'unknown'}
        />
        <h3 className={styles.name}>{conversation.name}</h3>
        <div className={styles.presence}>{t(`line.presence.${presenceWords(conversation)}`, { name })}</div>
        {conversation.about && (
          <p className={styles.about} dir="auto">
            {conversation.about}
          </p>
        )}
        {contact !== 'forgotten' && <Trust conversation={conversation} />}
      </div>
      <section className={styles.section}>
        {conversation.next === undefined && (
          <div className={styles.fact}>
            <Cable size={18} strokeWidth={1.75} aria-hidden="true" />
            <span>{t('details.line')}</span>
            <span className={styles.value}>{lineWords(line, { name, queued: 0 })}</span>
          </div>
        )}
        {line.state === 'relayed' && conversation.line.host && (
          <p className={styles.under}>{t('details.relayHost', { host: conversation.line.host })}</p>
        )}
        {contact !== 'forgotten' && (
          <div className={styles.fact}>
            <CalendarDays size={18} strokeWidth={1.75} aria-hidden="true" />
            <span>
              {contact === 'asked' && !conversation.following
                ? t('details.askedOn', { date: dateOf(conversation.since) })
                : t('details.metOn', { date: dateOf(conversation.since) })}
            </span>
          </div>
        )}
        <HowMet conversation={conversation} />
      </section>
      {goesOn && <Mute key={`mute-${conversation.id}`} conversation={conversation} name={name} />}
      {goesOn && <LineRoute key={`route-${conversation.id}`} conversation={conversation} />}
      {goesOn && <DisappearTimer key={conversation.id} conversation={conversation} />}
      {contact !== 'forgotten' && conversation.next === undefined && (
        <SafetyNumber key={conversation.peerId} conversation={conversation} name={name} />
      )}
      <section className={styles.section}>
        {goesOn && (
          <button type="button" className={styles.action} onClick={() => showByFile(conversation.id)}>
            <FileDown size={18} strokeWidth={1.75} aria-hidden="true" />
            {t('details.byFile')}
          </button>
        )}
        {contact !== 'asked' && !conversation.former && (
          <ExportTalk key={conversation.id} conversation={conversation.id} />
        )}
        {contact === 'banned' ? (
          <button type="button" className={styles.action} onClick={() => void lift(conversation)}>
            <Ban size={18} strokeWidth={1.75} aria-hidden="true" />
            {t('details.unban')}
          </button>
        ) : (
          <button type="button" className={`${styles.action} ${styles.danger}`} onClick={() => askBan(conversation.id)}>
            <Ban size={18} strokeWidth={1.75} aria-hidden="true" />
            {t('details.ban', { name })}
          </button>
        )}
      </section>
    </aside>
  );

  async function lift(banned: Conversation): Promise<void> {
    try {
      await liftBan(banned);
      showToast(t('composer.unbanned', { name }));
    } catch (reason) {
      showToast(errorText(reason));
    }
  }
}

/** How they are known to be who they are. */
function Trust({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const { trust, since } = conversation.verified;
  const kind = trust === 'compared' ? 'ok' : trust === 'none' || trust === 'link' ? 'plain' : 'bad';
  return (
    <Chip kind={kind} icon={<TrustIcon trust={trust} size={14} />}>
      {t(`verify.trust.${trust}`, { date: since ? dateOf(since) : '' })}
    </Chip>
  );
}

/** Sixty digits in twelve groups; screen readers say them group by group. */
function SafetyNumber({ conversation, name }: { conversation: Conversation; name: string }) {
  const { t } = useTranslation();
  const peer = conversation.peerId;
  const [digits, setDigits] = useState('');
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    let gone = false;
    backend()
      .safetyNumber(peer)
      .then(
        (text) => {
          if (!gone) setDigits(text);
        },
        (reason: unknown) => {
          if (!gone) setFailure(reason);
        },
      );
    return () => {
      gone = true;
    };
  }, [peer]);
  const groups = digitGroups(digits);
  return (
    <section className={styles.section}>
      <div className={styles.safetyHead}>
        <ShieldCheck size={18} strokeWidth={1.75} aria-hidden="true" />
        <h3 className={styles.safetyTitle}>{t('details.safety')}</h3>
        {groups.length > 0 && (
          <IconButton
            label={t('details.copySafety')}
            size="small"
            onPress={() => {
              navigator.clipboard.writeText(groups.join(' ')).then(
                () => showToast(t('details.safetyCopied')),
                () => showToast(t('app.copyFailed')),
              );
            }}
          >
            <Copy size={16} strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
        )}
      </div>
      {failure !== undefined && <p className={styles.failure}>{errorText(failure)}</p>}
      <ol className={styles.digits} aria-label={t('details.safety')}>
        {groups.map((group, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a group is its place; two may be alike.
          <li key={index}>{group}</li>
        ))}
      </ol>
      <p className={styles.help}>{t('details.safetyText', { name })}</p>
      <Button size="small" className={styles.verify ?? ''} onPress={() => showVerify(conversation.id)}>
        {t('verify.open')}
        <Kbd keys={keysAnywhere.verify[0]} />
      </Button>
    </section>
  );
}

/** Whether no link brought the two together: then only a server said who has which key. */
function byHandle({ handle, stranger }: Conversation): boolean {
  return stranger === true || handle !== undefined;
}

/** By which invite or handle the two came together. */
function HowMet({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const Icon = byHandle(conversation) ? AtSign : Link2;
  const under = conversation.handle ?? conversation.invite;
  return (
    <div className={styles.fact}>
      <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
      <span className={styles.invite}>
        {t(`details.${howMet(conversation)}`)}
        {under && <span className={styles.under}>{under}</span>}
      </span>
    </div>
  );
}

function howMet({ handle, stranger, invite }: Conversation) {
  if (stranger) return 'byHandle';
  if (handle !== undefined) return 'theirHandle';
  return invite ? 'invite' : 'theirInvite';
}
