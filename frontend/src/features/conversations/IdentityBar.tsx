import { Network as NetworkIcon, Settings, UserPlus } from 'lucide-react';
import type { Network } from '@/backend';
import { useTranslation } from '@/i18n';
import { initial, showAddContact, showSettings, usePicture, useSession } from '@/model';
import { Hidden, IconButton, keyNames, keysAnywhere, Lid, PressButton } from '@/ui';
import styles from './IdentityBar.module.css';

export interface IdentityBarProps {
  narrow: boolean;
  /** The network is shown. */
  current: boolean;
  onNetwork: () => void;
}

/** Who is here and how the network is, at the foot of the list; pressing it shows the network. A narrow list has icons instead. */
export function IdentityBar({ narrow, current, onNetwork }: IdentityBarProps) {
  const { t } = useTranslation();
  const profile = useSession((state) => state.profile);
  const network = useSession((state) => state.network);
  const picture = usePicture('', profile.picture);
  const standing = standingOf(network);
  const words =
    standing === 'lines'
      ? t('conversations.network.lines', { count: network.lines })
      : t(`conversations.network.${standing}`);
  const lid = (
    <Lid
      letter={initial(profile.name)}
      color={profile.color}
      size={36}
      picture={picture}
      presence={standing === 'lines' || standing === 'none' ? 'online' : 'offline'}
    />
  );
  const toSettings = (
    <IconButton
      label={t('conversations.settings')}
      keys={keyNames(keysAnywhere.settings[0])}
      size="small"
      onPress={() => showSettings()}
    >
      <Settings size={18} strokeWidth={1.75} aria-hidden="true" />
    </IconButton>
  );
  if (narrow) {
    return (
      <div className={styles.bar} data-narrow>
        <IconButton
          label={t('conversations.openNetwork')}
          keys={keyNames(keysAnywhere.network[0])}
          size="small"
          pressed={current}
          onPress={onNetwork}
        >
          <NetworkIcon size={18} strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
        <IconButton
          label={t('conversations.add')}
          keys={keyNames(keysAnywhere.add[0])}
          size="small"
          onPress={() => showAddContact()}
        >
          <UserPlus size={18} strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
        {toSettings}
        {lid}
        <Hidden live>{words}</Hidden>
      </div>
    );
  }
  return (
    <div className={styles.bar}>
      <PressButton
        className={styles.who}
        aria-current={current || undefined}
        data-way="network"
        hint={{ text: t('conversations.openNetwork'), keys: keyNames(keysAnywhere.network[0]), placement: 'top' }}
        onPress={onNetwork}
      >
        <Hidden>{t('conversations.openNetwork')}</Hidden>
        {lid}
        <span className={styles.text}>
          <span className={styles.name}>{profile.name}</span>
          <span className={styles.network}>{words}</span>
        </span>
      </PressButton>
      <Hidden live>{words}</Hidden>
      {toSettings}
    </div>
  );
}

/** What to say of the network in a few words. */
export function standingOf(network: Network): 'lines' | 'none' | 'connecting' | 'away' | 'noServer' | 'offline' {
  if (!network.online) return 'offline';
  if (network.lines > 0) return 'lines';
  const own = network.servers.filter((server) => !server.guest);
  if (own.some((server) => server.state === 'online')) return 'none';
  if (own.some((server) => server.state === 'connecting')) return 'connecting';
  return own.length > 0 ? 'away' : 'noServer';
}
