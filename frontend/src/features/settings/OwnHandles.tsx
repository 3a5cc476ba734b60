import { AtSign, Copy, TriangleAlert } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { backend, type OwnHandle } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { session, showSettings, showToast, useSession } from '@/model';
import { Button, Card, Select, TextField } from '@/ui';
import styles from './OwnHandles.module.css';
import { Group, Row } from './Parts';
import { ReleaseDialog } from './ReleaseDialog';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Handles by which people find this person. Nobody has one who did not ask for it. */
export function OwnHandles() {
  const { t } = useTranslation();
  const handles = useSession((state) => state.profile.handles);
  const servers = useSession((state) => state.network.servers);
  const hosts = servers.flatMap((server) => server.handles ?? []);
  const [leaving, setLeaving] = useState<OwnHandle>();
  return (
    <Group title={t('settings.reach')}>
      <Card className={styles.card}>
        {handles.map((held) => (
          <HandleRow key={held.handle} held={held} onLeave={() => setLeaving(held)} />
        ))}
        {hosts.length > 0 ? (
          <ClaimForm hosts={hosts} first={handles.length === 0} />
        ) : (
          <div data-reach>
            <Row
              icon={<AtSign {...icon} />}
              title={t(handles.length === 0 ? 'settings.handleByHandle' : 'settings.handleMore')}
              help={t('settings.handleNone')}
            >
              <Button size="small" onPress={() => showSettings('network')}>
                {t('settings.page.network')}
              </Button>
            </Row>
          </div>
        )}
      </Card>
      {leaving && <ReleaseDialog held={leaving} onClose={() => setLeaving(undefined)} />}
    </Group>
  );
}

function HandleRow({ held, onLeave }: { held: OwnHandle; onLeave: () => void }) {
  const { t } = useTranslation();

  function copy(): void {
    navigator.clipboard.writeText(held.handle).then(
      () => showToast(t('settings.handleCopied')),
      () => showToast(t('app.copyFailed')),
    );
  }

  return (
    <Row
      className={styles.row}
      icon={held.lost ? <TriangleAlert {...icon} /> : <AtSign {...icon} />}
      title={held.handle}
      help={t(held.lost ? 'settings.handleLost' : 'settings.handleYours', { host: held.host })}
    >
      <span className={styles.buttons}>
        {!held.lost && (
          <Button size="small" icon={<Copy size={14} strokeWidth={2} aria-hidden="true" />} onPress={copy}>
            {t('app.copy')}
          </Button>
        )}
        <Button size="small" kind="quiet" onPress={onLeave}>
          {t(held.lost ? 'settings.handleForget' : 'settings.handleRelease')}
        </Button>
      </span>
    </Row>
  );
}

interface ClaimFormProps {
  /** Names of the servers that have handles, at least one. */
  hosts: string[];
  /** There is none yet: it is said what a handle is for. */
  first: boolean;
}

function ClaimForm({ hosts, first }: ClaimFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState('');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<{ name: string; reason: unknown }>();
  const host = hosts.includes(chosen) ? chosen : (hosts[0] ?? '');
  const written = name.trim().replace(/^@/, '');

  async function claim(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (pending || written === '') return;
    setPending(true);
    setFailure(undefined);
    try {
      const profile = await backend().claimHandle(written.includes('@') ? written : `${written}@${host}`);
      session.setState({ profile });
      setName('');
      showToast(t('settings.handleTaken'));
    } catch (reason) {
      setFailure({ name, reason });
    } finally {
      setPending(false);
    }
  }

  return (
    <form className={styles.claim} data-reach onSubmit={(event) => void claim(event)}>
      {first && <p className={styles.about}>{t('settings.handleText')}</p>}
      <div className={styles.fields}>
        <TextField
          className={styles.name ?? ''}
          label={t(first ? 'settings.handle' : 'settings.handleMore')}
          placeholder={t('settings.handleExample')}
          value={name}
          error={failure?.name === name ? errorText(failure.reason) : undefined}
          help={hosts.length === 1 ? t('settings.handleAt', { host }) : t('settings.handleHelp')}
          onChange={setName}
        />
        {hosts.length > 1 && (
          <Select
            className={styles.host}
            label={t('settings.handleServer')}
            options={hosts.map((one) => ({ value: one, label: one }))}
            value={host}
            onChange={setChosen}
          />
        )}
        <Button
          type="submit"
          className={styles.button ?? ''}
          pending={pending}
          disabledReason={written === '' ? t('settings.handleMissing') : undefined}
        >
          {pending ? t('settings.handleTaking') : t('settings.handleTake')}
        </Button>
      </div>
    </form>
  );
}
