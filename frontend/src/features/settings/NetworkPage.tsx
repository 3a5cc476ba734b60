import { Radar, Server as ServerIcon } from 'lucide-react';
import { useState } from 'react';
import { backend, type Server } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { showToast, useSession } from '@/model';
import { Button, Card, Dialog, marked, Note, Switch } from '@/ui';
import { AddServer } from './AddServer';
import { LinePort } from './LinePort';
import { LineRoute } from './LineRoute';
import styles from './Network.module.css';
import { Group, PageHead, Rows } from './Parts';
import { ProxyRow } from './ProxyRow';
import { ServerRow } from './ServerRow';
import { sortedServers } from './servers';
import { useChange } from './useChange';

/** The introduction servers of this device, and the one that it may be itself. */
export function NetworkPage() {
  const { t } = useTranslation();
  const servers = useSession((state) => state.network.servers);
  const [removing, setRemoving] = useState<Server>();
  const up = servers.filter((server) => server.state === 'online').length;
  return (
    <>
      <PageHead title={t('settings.page.network')}>{t('settings.networkText')}</PageHead>
      <Group
        title={t('settings.servers')}
        fact={servers.length > 0 && t('settings.answering', { up: number(up), all: number(servers.length) })}
      >
        <Card className={styles.card}>
          {servers.length === 0 ? (
            <div className={styles.none}>
              <ServerIcon size={18} strokeWidth={1.75} aria-hidden="true" />
              <div>
                <b className={styles.noneTitle}>{t('settings.noServers')}</b>
                <p className={styles.noneText}>{t('settings.noServersText')}</p>
              </div>
            </div>
          ) : (
            <ul className={styles.servers}>
              {sortedServers(servers).map((server) => (
                <ServerRow key={server.id} server={server} onRemove={() => setRemoving(server)} />
              ))}
            </ul>
          )}
          <AddServer />
        </Card>
      </Group>
      <Hosting />
      {removing && (
        <RemoveDialog
          server={removing}
          last={servers.every((other) => other.guest || other.id === removing.id)}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </>
  );
}

/** Whether this app is a server for the network around it. */
function Hosting() {
  const { t } = useTranslation();
  const hosting = useSession((state) => state.settings.hosting);
  const address = useSession((state) => state.network.hostAddress);
  const trouble = useSession((state) => state.network.hostError);
  const [change, failure] = useChange();
  const state = trouble
    ? ''
    : address
      ? marked(t('settings.hostingOn'), '<address>', <span className={styles.key}>{address}</span>)
      : t('settings.hostingStarts');
  return (
    <Group title={t('settings.lines')}>
      {failure !== undefined && (
        <Note kind="bad" role="alert" className={styles.failure ?? ''}>
          {errorText(failure)}
        </Note>
      )}
      <Rows>
        <LineRoute />
        <LinePort />
        <ProxyRow />
        <div className={styles.hosting}>
          <span className={styles.hostingIcon}>
            <Radar size={18} strokeWidth={1.75} aria-hidden="true" />
          </span>
          <Switch
            className={styles.switch ?? ''}
            label={t('settings.hosting')}
            help={t('settings.hostingText')}
            selected={hosting}
            onChange={(on) => change({ hosting: on })}
          />
          <p className={styles.hostingState} role="status">
            {hosting && state}
          </p>
          {hosting && trouble && (
            <p className={styles.hostingTrouble} role="alert">
              {errorText(trouble)}
            </p>
          )}
        </div>
      </Rows>
    </Group>
  );
}

/** Asks before a server is forgotten and says what is lost. */
function RemoveDialog({ server, last, onClose }: { server: Server; last: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const host = server.address;

  async function remove(): Promise<void> {
    setPending(true);
    try {
      await backend().removeServer(server.id);
      showToast(t('settings.serverRemoved', { host }));
      onClose();
    } catch (reason) {
      setFailure(reason);
      setPending(false);
    }
  }

  return (
    <Dialog
      title={t('settings.removeServer', { host })}
      width="narrow"
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {t('app.cancel')}
          </Button>
          <Button kind="dangerFill" pending={pending} onPress={() => void remove()}>
            {pending ? t('settings.removing') : t('settings.server.remove')}
          </Button>
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <p>{t('settings.removeServerKept')}</p>
      <p>{last ? t('settings.removeServerLast') : t('settings.removeServerLost')}</p>
    </Dialog>
  );
}
