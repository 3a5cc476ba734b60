import { Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { backend, type Invite } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { closeDialog, showSettings, showToast } from '@/model';
import { Button, Note, QRCode, Select, Skeleton, TextField } from '@/ui';
import styles from './AddContact.module.css';
import { copyText } from './copy';
import { ManageLinks } from './ManageLinks';

const people = [1, 5, 25] as const;

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

/** The newest link as QR code and text, and what a next one should be like. */
export function MyInvite() {
  const { t } = useTranslation();
  const [invites, setInvites] = useState<Invite[]>();
  const [failure, setFailure] = useState<unknown>();
  const [managing, setManaging] = useState(false);
  const [copied, setCopied] = useState(false);

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
  }, []);

  const active = invites?.filter((invite) => invite.active) ?? [];
  const [shown] = active;
  if (managing && invites) {
    return <ManageLinks invites={invites} onChange={setInvites} onBack={() => setManaging(false)} />;
  }
  return (
    <>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}{' '}
          <button
            type="button"
            className={styles.textButton}
            onClick={() => {
              closeDialog();
              showSettings('network');
            }}
          >
            {t('addcontact.network')}
          </button>
        </Note>
      )}
      <div className={styles.invite}>
        {shown ? (
          <QRCode path={shown.qr} size={shown.qrSize} label={t('addcontact.qr')} className={styles.qr} />
        ) : (
          failure === undefined && <Skeleton width={196} height={196} />
        )}
        <div className={styles.side}>
          <p className={styles.quiet}>{t('addcontact.anyone')}</p>
          {shown && (
            <>
              <code className={styles.link} role="img" aria-label={t('addcontact.link')}>
                {shown.short}
              </code>
              <Button
                kind="primary"
                icon={<Copy size={18} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() =>
                  void copyText(shown.link).then((done) => {
                    setCopied(done);
                    showToast(done ? t('addcontact.copied') : t('app.copyFailed'));
                  })
                }
              >
                {copied ? t('addcontact.copied') : t('addcontact.copy')}
              </Button>
            </>
          )}
        </div>
      </div>
      <NextLink
        onMade={(made) => {
          setInvites([made, ...(invites ?? [])]);
          setCopied(false);
          setFailure(undefined);
        }}
        onFailure={setFailure}
      />
      <p className={styles.foot}>
        <span className={styles.quiet}>
          {active.length > 1 ? t('addcontact.active', { count: active.length - 1 }) : t('addcontact.noOthers')}
        </span>
        <button type="button" className={styles.textButton} onClick={() => setManaging(true)}>
          {t('addcontact.manage')}
        </button>
      </p>
    </>
  );
}

interface NextLinkProps {
  onMade: (invite: Invite) => void;
  onFailure: (refusal: unknown) => void;
}

/** How long a new link works, for how many, and what I call it. */
function NextLink({ onMade, onFailure }: NextLinkProps) {
  const { t } = useTranslation();
  const [days, setDays] = useState<'1' | '7' | '30'>('7');
  const [uses, setUses] = useState('1');
  const [label, setLabel] = useState('');
  const [pending, setPending] = useState(false);

  async function make(): Promise<void> {
    setPending(true);
    try {
      onMade(await backend().createInvite({ label: label.trim(), days: Number(days), uses: Number(uses) }));
      setLabel('');
    } catch (refusal) {
      onFailure(refusal);
    }
    setPending(false);
  }

  return (
    <div className={styles.next}>
      <Select
        label={t('addcontact.worksFor')}
        value={days}
        options={[
          { value: '1', label: t('addcontact.day') },
          { value: '7', label: t('addcontact.week') },
          { value: '30', label: t('addcontact.month') },
        ]}
        onChange={setDays}
      />
      <Select
        label={t('addcontact.howMany')}
        value={uses}
        options={people.map((count) => ({ value: String(count), label: t('addcontact.people', { count }) }))}
        onChange={setUses}
      />
      <TextField
        label={t('addcontact.label')}
        help={t('addcontact.labelHelp')}
        value={label}
        maxLength={64}
        onChange={setLabel}
      />
      <Button pending={pending} className={styles.make ?? ''} onPress={() => void make()}>
        {pending ? t('addcontact.making') : t('addcontact.make')}
      </Button>
    </div>
  );
}
