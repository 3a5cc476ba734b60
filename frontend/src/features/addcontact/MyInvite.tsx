import { Check, Copy, ServerOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { backend, type Invite, toBackendError } from '@/backend';
import { dateOf, errorText, number, useTranslation } from '@/i18n';
import { closeDialog, showSettings } from '@/model';
import { Button, Hidden, Note, QRCode, Skeleton } from '@/ui';
import styles from './AddContact.module.css';
import { copyText } from './copy';
import { ManageLinks } from './ManageLinks';
import { NewLink } from './NewLink';

// One at a time, however often the tab is mounted.
let asking: Promise<Invite[]> | undefined;

/** My links, newest first; when none is usable, one is made. */
async function ask(): Promise<Invite[]> {
  const invites = await backend().invites();
  if (invites.some((invite) => invite.active)) return invites;
  return [await backend().createInvite({ label: '', days: 7, uses: 1 }), ...invites];
}

function myInvites(): Promise<Invite[]> {
  asking ??= ask().finally(() => {
    asking = undefined;
  });
  return asking;
}

/** The newest link as QR code and text, what a next one should be like, and behind it all of them. */
export function MyInvite() {
  const { t } = useTranslation();
  const [invites, setInvites] = useState<readonly Invite[]>();
  const [failure, setFailure] = useState<unknown>();
  const [managing, setManaging] = useState(false);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let gone = false;
    myInvites().then(
      (all) => {
        if (!gone) setInvites(all);
      },
      (refusal: unknown) => {
        if (!gone) setFailure(refusal);
      },
    );
    return () => {
      gone = true;
    };
  }, [attempt]);

  if (managing && invites) {
    return <ManageLinks invites={invites} onChange={setInvites} onBack={() => setManaging(false)} />;
  }
  const active = invites?.filter((invite) => invite.active) ?? [];
  const [shown] = active;
  const nowhere = failure !== undefined && toBackendError(failure).code === 'no-server';
  return (
    <div className={styles.body}>
      {failure !== undefined && (
        <Note
          kind={nowhere ? 'warn' : 'bad'}
          role="alert"
          icon={<ServerOff size={18} strokeWidth={1.75} aria-hidden="true" />}
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
              <Button
                size="small"
                onPress={() => {
                  setFailure(undefined);
                  setAttempt(attempt + 1);
                }}
              >
                {t('app.retry')}
              </Button>
            )
          }
        >
          {errorText(failure)}
        </Note>
      )}
      {shown ? (
        <Link key={shown.id} invite={shown} />
      ) : (
        failure === undefined &&
        (invites ? (
          <p className={styles.about}>{t('addcontact.none')}</p>
        ) : (
          <div className={styles.invite} aria-busy="true">
            <Skeleton width={196} height={196} round={10} />
          </div>
        ))
      )}
      {invites && (
        <NewLink
          onMade={(made) => {
            setInvites([made, ...invites]);
            setFailure(undefined);
          }}
          onFailure={setFailure}
        >
          <span className={styles.others}>
            {active.length > 1 && t('addcontact.active', { count: active.length - 1 })}
            {active.length === 1 && t('addcontact.noOthers')}
          </span>
          <button type="button" className={styles.textButton} onClick={() => setManaging(true)}>
            {t('addcontact.manage')}
          </button>
        </NewLink>
      )}
    </div>
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
  useEffect(() => copy.current?.focus(), []);

  useEffect(() => {
    if (copied !== 'yes') return;
    const timer = setTimeout(() => setCopied(undefined), said);
    return () => clearTimeout(timer);
  }, [copied]);

  const done = copied === 'yes';
  const Icon = done ? Check : Copy;
  return (
    <div className={styles.invite}>
      <QRCode path={invite.qr} size={invite.qrSize} label={t('addcontact.qr')} className={styles.qr} />
      <div className={styles.side}>
        <p className={styles.about}>{t('addcontact.anyone')}</p>
        <p className={copied === 'no' ? styles.whole : styles.link}>
          <Hidden>{t('addcontact.link')}</Hidden>
          {copied === 'no' ? invite.link : invite.short}
        </p>
        <Button
          ref={copy}
          kind="primary"
          icon={<Icon size={18} strokeWidth={1.75} aria-hidden="true" />}
          onPress={() => void copyText(invite.link).then((worked) => setCopied(worked ? 'yes' : 'no'))}
        >
          {done ? t('addcontact.copied') : t('addcontact.copy')}
        </Button>
        <p className={styles.terms} role="status">
          {copied === 'no'
            ? t('app.copyFailed')
            : t('addcontact.terms', {
                date: dateOf(invite.expires),
                people:
                  invite.used > 0
                    ? t('addcontact.used', { used: number(invite.used), uses: number(invite.uses) })
                    : t('addcontact.people', { count: invite.uses }),
              })}
        </p>
        <Hidden live>{done ? t('addcontact.copiedSay') : ''}</Hidden>
      </div>
    </div>
  );
}
