import { ArrowLeft, Check, Copy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { backend, type Invite } from '@/backend';
import { dateOf, errorText, list as joined, number, useTranslation } from '@/i18n';
import { showToast } from '@/model';
import { Button, classes, Hidden, IconButton, Note, RowList } from '@/ui';
import styles from './AddContact.module.css';
import { copyText } from './copy';

interface ManageLinksProps {
  invites: readonly Invite[];
  onChange: (invites: readonly Invite[]) => void;
  onBack: () => void;
}

/** All my links, with how many came by them and an end to each. One Tab stop; arrows move, and go into a row. */
export function ManageLinks({ invites, onChange, onBack }: ManageLinksProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  const back = useRef<HTMLButtonElement>(null);
  const [failure, setFailure] = useState<unknown>();
  const [asked, setAsked] = useState('');
  const [copied, setCopied] = useState('');
  const [pending, setPending] = useState(false);
  const [revoked, setRevoked] = useState(false);

  // Not by autoFocus: what was pressed to come here is gone in the same moment.
  useEffect(() => back.current?.focus(), []);

  function focusRow(id: string): void {
    list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(id)}"]`)?.focus();
  }

  async function revoke(id: string): Promise<void> {
    setPending(true);
    setFailure(undefined);
    try {
      await backend().revokeInvite(id);
      onChange(await backend().invites());
      showToast(t('addcontact.revoked'));
      setRevoked(true);
    } catch (refusal) {
      setFailure(refusal);
    } finally {
      setPending(false);
      focusRow(id);
      setAsked('');
    }
  }

  return (
    <div className={styles.body}>
      <Button
        kind="quiet"
        size="small"
        ref={back}
        className={styles.back ?? ''}
        icon={<ArrowLeft size={14} strokeWidth={2} aria-hidden="true" />}
        onPress={onBack}
      >
        {t('addcontact.back')}
      </Button>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <RowList
        ref={list}
        className={styles.links}
        label={t('addcontact.mineAll')}
        rows={invites.map((invite) => ({
          id: invite.id,
          label: nameOf(invite),
          className: classes(styles.linkRow, !invite.active && styles.over),
          content: row(invite),
        }))}
      />
      <Hidden live>{copied && t('addcontact.copiedSay')}</Hidden>
      {/* The toast stands outside of the dialog, where nothing is read aloud now. */}
      <Hidden live>{revoked && t('addcontact.revoked')}</Hidden>
    </div>
  );

  function nameOf(invite: Invite): string {
    return invite.label || t('addcontact.plain');
  }

  function row(invite: Invite) {
    const name = nameOf(invite);
    return (
      <>
        <div className={styles.linkText}>
          <b className={styles.linkName}>{name}</b>
          <span className={styles.facts}>{asked === invite.id ? t('addcontact.revokeText') : facts(invite)}</span>
        </div>
        {asked === invite.id ? (
          <>
            <Keep
              onPress={() => {
                focusRow(invite.id);
                setAsked('');
              }}
            />
            <Button size="small" kind="dangerFill" pending={pending} onPress={() => void revoke(invite.id)}>
              {pending ? t('addcontact.revoking') : t('addcontact.revoke')}
            </Button>
          </>
        ) : (
          invite.active && (
            <>
              <IconButton
                label={t('addcontact.copyOf', { name })}
                size="small"
                onPress={() =>
                  void copyText(invite.link).then((worked) => {
                    setCopied(worked ? invite.id : '');
                    setFailure(worked ? undefined : { code: 'copy', message: t('app.copyFailed'), params: {} });
                  })
                }
              >
                {copied === invite.id ? (
                  <Check size={18} strokeWidth={1.75} aria-hidden="true" />
                ) : (
                  <Copy size={18} strokeWidth={1.75} aria-hidden="true" />
                )}
              </IconButton>
              <Button
                size="small"
                onPress={() => {
                  setAsked(invite.id);
                  setRevoked(false);
                }}
              >
                {t('addcontact.revoke')}
              </Button>
            </>
          )
        )}
      </>
    );
  }

  function facts(invite: Invite): string {
    const date = dateOf(invite.expires);
    const count = t('addcontact.used', { used: number(invite.used), uses: number(invite.uses) });
    const used = invite.people.length > 0 ? t('addcontact.who', { used: count, names: joined(invite.people) }) : count;
    if (invite.active) return t('addcontact.factsActive', { used, date });
    if (invite.used >= invite.uses) return t('addcontact.factsUsed', { used });
    if (Date.parse(invite.expires) <= Date.now()) return t('addcontact.factsExpired', { used, date });
    return t('addcontact.factsRevoked', { used });
  }
}

/** The safe answer; it takes the focus when the question comes up. */
function Keep({ onPress }: { onPress: () => void }) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <Button ref={button} size="small" onPress={onPress}>
      {t('addcontact.keep')}
    </Button>
  );
}
