import { Copy, Fingerprint } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { backend, toBackendError } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { initial, session, showToast, useSession } from '@/model';
import { Button, Card, Lid, LidPicker, Note, TextField } from '@/ui';
import { Group, PageHead, Row, Rows } from './Parts';
import styles from './ProfilePage.module.css';

/** Name, colour and the identity of this person. */
export function ProfilePage() {
  const { t } = useTranslation();
  const profile = useSession((state) => state.profile);
  // What was changed here and not saved yet; the rest follows the profile.
  const [edited, setEdited] = useState<{ name?: string; color?: number }>({});
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const name = edited.name ?? profile.name;
  const color = edited.color ?? profile.color;
  const changed = name !== profile.name || color !== profile.color;
  const ofName = failure !== undefined && toBackendError(failure).code.startsWith('name-');

  async function save(): Promise<void> {
    setPending(true);
    setFailure(undefined);
    try {
      session.setState({ profile: await backend().updateProfile(name, color) });
      setEdited({});
      showToast(t('settings.profileSaved'));
    } catch (reason) {
      setFailure(reason);
    } finally {
      setPending(false);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (changed && !pending) void save();
  }

  return (
    <>
      <PageHead title={t('settings.page.profile')}>{t('settings.profileText')}</PageHead>
      {failure !== undefined && !ofName && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Card className={styles.card}>
        <Lid letter={initial(name)} color={color} size={96} />
        <form className={styles.form} onSubmit={submit}>
          <TextField
            label={t('settings.name')}
            value={name}
            error={ofName ? errorText(failure) : undefined}
            onChange={(text) => {
              setEdited((held) => ({ ...held, name: text }));
              if (ofName) setFailure(undefined);
            }}
          />
          <div className={styles.colors}>
            <span className={styles.label} aria-hidden="true">
              {t('settings.color')}
            </span>
            <LidPicker
              label={t('settings.color')}
              names={t('settings.colors').split(', ')}
              value={color}
              onChange={(chosen) => setEdited((held) => ({ ...held, color: chosen }))}
            />
          </div>
          <div className={styles.save}>
            <Button
              kind="primary"
              type="submit"
              pending={pending}
              disabledReason={changed ? undefined : t('settings.unchanged')}
            >
              {pending ? t('settings.saving') : t('settings.save')}
            </Button>
          </div>
        </form>
      </Card>
      <Group title={t('settings.identity')}>
        <Rows>
          <Row
            icon={<Fingerprint size={18} strokeWidth={1.75} aria-hidden="true" />}
            title={t('settings.peerId')}
            help={
              <>
                <span className={styles.peer}>{profile.peerId}</span>
                {t('settings.peerIdText')}
              </>
            }
          >
            <Button
              size="small"
              icon={<Copy size={14} strokeWidth={2} aria-hidden="true" />}
              onPress={() => {
                navigator.clipboard.writeText(profile.peerId).then(
                  () => showToast(t('settings.peerIdCopied')),
                  () => showToast(t('app.copyFailed')),
                );
              }}
            >
              {t('app.copy')}
            </Button>
          </Row>
        </Rows>
      </Group>
    </>
  );
}
