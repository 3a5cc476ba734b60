import { Settings, UserPlus } from 'lucide-react';
import type { Network } from '@/backend';
import { useTranslation } from '@/i18n';
import { initial, showAddContact, showSettings, usePicture, useSession } from '@/model';
import { IconButton, keyNames, keysAnywhere, Lid } from '@/ui';
import styles from './IdentityBar.module.css';

/** Who is here and how the network is, at the foot of the list. */
export function IdentityBar({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation();
  const profile = useSession((state) => state.profile);
  const network = useSession((state) => state.network);
  const picture = usePicture('', profile.picture);
  const standing = standingOf(network);
  return (
    <div className={styles.bar}>
      {narrow && (
        <IconButton
          label={t('conversations.add')}
          keys={keyNames(keysAnywhere.add[0])}
          size="small"
          onPress={() => showAddContact()}
        >
          <UserPlus size={18} strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      )}
      <Lid
        letter={initial(profile.name)}
        color={profile.color}
        size={36}
        picture={picture}
        presence={standing === 'lines' || standing === 'none' ? 'online' : 'offline'}
      />
      <div className={styles.text}>
        <div className={styles.name}>{profile.name}</div>
        <div className={styles.network} role="status">
          {standing === 'lines'
            ? t('conversations.network.lines', { count: network.lines })
            : t(`conversations.network.${standing}`)}
        </div>
      </div>
      <IconButton
        label={t('conversations.settings')}
        keys={keyNames(keysAnywhere.settings[0])}
        size="small"
        onPress={() => showSettings()}
      >
        <Settings size={18} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
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
