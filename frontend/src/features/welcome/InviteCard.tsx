import { ClipboardPaste, Clock, Copy, ServerOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { backend, type Invite } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { showAddContact, showSettings, showToast, useSession } from '@/model';
import { Button, Card, Note, QRCode, Skeleton } from '@/ui';
import styles from './Welcome.module.css';

// One invite for the first contact, made once in the life of the window however often the card is mounted.
let making: Promise<Invite> | undefined;

async function firstInvite(): Promise<Invite> {
  const known = (await backend().invites()).find((invite) => invite.active && invite.used < invite.uses);
  return known ?? backend().createInvite({ label: '', days: 7, uses: 1 });
}

function askInvite(): Promise<Invite> {
  making ??= firstInvite().finally(() => {
    making = undefined;
  });
  return making;
}

/** The invite as a QR code and as a link to copy. */
export function InviteCard() {
  const { t } = useTranslation();
  const [invite, setInvite] = useState<Invite>();
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const lost = useSession((state) => state.lost);

  useEffect(() => {
    // A program that was away is asked again as soon as it is back.
    if (lost) return;
    let gone = false;
    askInvite().then(
      (made) => {
        if (gone) return;
        setInvite(made);
        setFailure(undefined);
      },
      (reason: unknown) => {
        if (!gone) setFailure(reason);
      },
    );
    return () => {
      gone = true;
    };
  }, [attempt, lost]);

  function copy(link: string): void {
    navigator.clipboard.writeText(link).then(
      () => showToast(t('app.copied')),
      () => showToast(t('app.copyFailed')),
    );
  }

  const paste = (
    <Button
      size="small"
      icon={<ClipboardPaste size={14} strokeWidth={2} aria-hidden="true" />}
      onPress={() => showAddContact('paste')}
    >
      {t('conversations.paste')}
    </Button>
  );

  if (failure !== undefined) {
    return (
      <Card className={styles.refused}>
        <Note kind="warn" role="alert" icon={<ServerOff size={18} strokeWidth={1.75} aria-hidden="true" />}>
          {errorText(failure)}
        </Note>
        <div className={styles.buttons}>
          <Button
            size="small"
            onPress={() => {
              setFailure(undefined);
              setAttempt(attempt + 1);
            }}
          >
            {t('app.retry')}
          </Button>
          <Button size="small" onPress={() => showSettings('network')}>
            {t('conversations.settings')}
          </Button>
          {paste}
        </div>
      </Card>
    );
  }

  return (
    <Card className={styles.card}>
      {invite ? (
        <QRCode path={invite.qr} size={invite.qrSize} label={t('conversations.qr')} className={styles.code} />
      ) : (
        <Skeleton width={148} height={148} round={10} />
      )}
      <div className={styles.side}>
        <h2 className={styles.cardTitle}>{t('conversations.yourInvite')}</h2>
        <div className={styles.link} aria-busy={!invite}>
          <span className={styles.short}>{invite ? invite.short : t('conversations.inviteWaiting')}</span>
          <Button
            kind="primary"
            size="small"
            icon={<Copy size={14} strokeWidth={2} aria-hidden="true" />}
            {...(invite ? {} : { disabledReason: t('conversations.inviteWaiting') })}
            onPress={() => {
              if (invite) copy(invite.link);
            }}
          >
            {t('app.copy')}
          </Button>
        </div>
        <div className={styles.terms}>
          <Clock size={14} strokeWidth={2} aria-hidden="true" />
          {t('conversations.inviteTerms')}
          <button type="button" className={styles.change} onClick={() => showAddContact('invite')}>
            {t('conversations.change')}
          </button>
        </div>
        <div className={styles.buttons}>{paste}</div>
      </div>
    </Card>
  );
}
