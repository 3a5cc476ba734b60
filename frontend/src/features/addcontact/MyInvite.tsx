import { Check, Copy, ServerOff, TriangleAlert } from 'lucide-react';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { type Invite, toBackendError } from '@/backend';
import { dateOf, errorText, number, useTranslation } from '@/i18n';
import { closeDialog, showSettings } from '@/model';
import { Button, Hidden, Note, QRCode, Skeleton } from '@/ui';
import styles from './AddContact.module.css';
import { movesAlongTabs } from './arrived';
import { copyText } from './copy';
import { askMyInvites, codeMeasure, type MyInvites, reusable } from './invites';
import { ManageLinks } from './ManageLinks';
import { NewLink } from './NewLink';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** A link to hand on as QR code and text, what a next one should be like, and behind it all of them. */
export function MyInvite() {
  const { t } = useTranslation();
  const [mine, setMine] = useState<MyInvites>();
  const [failure, setFailure] = useState<unknown>();
  const [managing, setManaging] = useState(false);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let gone = false;
    askMyInvites().then(
      (answer) => {
        if (gone) return;
        setMine(answer);
        setFailure(answer.failure);
      },
      (refusal: unknown) => {
        if (!gone) setFailure(refusal);
      },
    );
    return () => {
      gone = true;
    };
  }, [attempt]);

  if (managing && mine) {
    return (
      <ManageLinks
        invites={mine.all}
        onChange={(all) => setMine({ all, shown: mine.shown })}
        onBack={() => setManaging(false)}
      />
    );
  }
  const active = mine?.all.filter((invite) => invite.active) ?? [];
  // The one that was chosen may have been revoked meanwhile.
  const shown = active.find((invite) => invite.id === mine?.shown) ?? reusable(active);
  const others = active.length - (shown ? 1 : 0);
  return (
    <div className={styles.body}>
      {failure !== undefined && (
        <Failure
          failure={failure}
          onRetry={() => {
            setFailure(undefined);
            setAttempt(attempt + 1);
          }}
        />
      )}
      {shown && <Link key={shown.id} invite={shown} />}
      {!shown && mine && failure === undefined && <p className={styles.about}>{t('addcontact.none')}</p>}
      {!mine && failure === undefined && <Waiting />}
      {mine && (
        <NewLink
          onMade={(made) => {
            setMine({ all: [made, ...mine.all], shown: made.id });
            setFailure(undefined);
          }}
          onFailure={setFailure}
        >
          <span className={styles.others}>
            {others > 0 ? t('addcontact.active', { count: others }) : shown && t('addcontact.noOthers')}
          </span>
          {mine.all.length > 0 && (
            <button type="button" className={styles.textButton} onClick={() => setManaging(true)}>
              {t('addcontact.manage')}
            </button>
          )}
        </NewLink>
      )}
    </div>
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <div className={styles.invite} aria-busy="true">
      <Skeleton width={212} height={212} round={10} />
      <div className={styles.side}>
        <p className={styles.about} role="status">
          {t('addcontact.making')}
        </p>
        <Skeleton width="100%" height={36} round={10} />
        <Skeleton width="100%" height={36} round={10} />
      </div>
    </div>
  );
}

function Failure({ failure, onRetry }: { failure: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const nowhere = toBackendError(failure).code === 'no-server';
  return (
    <Note
      kind={nowhere ? 'warn' : 'bad'}
      role="alert"
      icon={nowhere ? <ServerOff {...icon} /> : <TriangleAlert {...icon} />}
      action={
        nowhere ? (
          <Button
            size="small"
            onPress={() => {
              closeDialog();
              showSettings('network');
            }}
          >
            {t('addcontact.network')}
          </Button>
        ) : (
          <Button size="small" onPress={onRetry}>
            {t('app.retry')}
          </Button>
        )
      }
    >
      {errorText(failure)}
    </Note>
  );
}

/** How long a button says that it is done, in milliseconds. */
const said = 2000;

/** One link to hand on: as a QR code to hold up, and to copy. */
function Link({ invite }: { invite: Invite }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<'yes' | 'no'>();
  const copy = useRef<HTMLButtonElement>(null);

  // What one comes here for.
  useEffect(() => {
    if (!movesAlongTabs()) copy.current?.focus();
  }, []);

  useEffect(() => {
    if (copied !== 'yes') return;
    const timer = setTimeout(() => setCopied(undefined), said);
    return () => clearTimeout(timer);
  }, [copied]);

  const done = copied === 'yes';
  const Icon = done ? Check : Copy;
  const measure = codeMeasure(invite.qrSize);
  const people =
    invite.used > 0
      ? t('addcontact.used', { used: number(invite.used), uses: number(invite.uses) })
      : t('addcontact.people', { count: invite.uses });
  const terms = t('addcontact.terms', { date: dateOf(invite.expires), people });
  return (
    <div
      className={styles.invite}
      style={{ '--code': `${measure.width}px`, '--quiet': `${measure.quiet}px` } as CSSProperties}
    >
      <QRCode path={invite.qr} size={invite.qrSize} label={t('addcontact.qr')} className={styles.qr} />
      <div className={styles.side}>
        {invite.label && <h3 className={styles.name}>{invite.label}</h3>}
        <p className={styles.about}>{t('addcontact.anyone')}</p>
        <p className={copied === 'no' ? styles.whole : styles.link}>
          <Hidden>{t('addcontact.link')}</Hidden>
          <span>{copied === 'no' ? invite.link : invite.short}</span>
        </p>
        <Button
          ref={copy}
          kind="primary"
          icon={<Icon {...icon} />}
          onPress={() => void copyText(invite.link).then((worked) => setCopied(worked ? 'yes' : 'no'))}
        >
          {done ? t('addcontact.copied') : t('addcontact.copy')}
        </Button>
        <p className={styles.terms} role="status">
          {copied === 'no' ? t('app.copyFailed') : terms}
        </p>
        <Hidden live>{done ? t('addcontact.copiedSay') : ''}</Hidden>
      </div>
    </div>
  );
}
