import type { FoundPerson } from '@/backend';
import { useTranslation } from '@/i18n';
import { initial } from '@/model';
import { Card, Hidden, Lid } from '@/ui';
import styles from './AddContact.module.css';
import { SafetyLine } from './SafetyLine';

/** Who has a handle. Before they answer nothing is known of them but what their identity signed. */
export function FoundCard({ person }: { person: FoundPerson }) {
  const { t } = useTranslation();
  return (
    <Card className={styles.inviter}>
      <Lid letter={initial(person.name)} color={person.color} size={52} />
      <div className={styles.linkText}>
        <h3 className={styles.linkName}>{person.name}</h3>
        <p className={styles.facts}>{person.handle}</p>
        <p className={styles.facts} title={person.peerId}>
          <span aria-hidden="true" className={styles.peer}>
            {shortPeer(person.peerId)}
          </span>
          <Hidden>{t('addcontact.peer', { peer: person.peerId })}</Hidden>
        </p>
        <SafetyLine text={person.safetyNumber} />
      </div>
    </Card>
  );
}

/** The beginning and the end of a PeerID, to compare by eye. */
function shortPeer(peer: string): string {
  return peer.length > 24 ? `${peer.slice(0, 11)}…${peer.slice(-8)}` : peer;
}
