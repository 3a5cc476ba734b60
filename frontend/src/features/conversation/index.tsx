import { PanelRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Conversation } from '@/backend';
import { lineWords, useTranslation } from '@/i18n';
import { initial, lineView, presenceWords, shortName, usePicture } from '@/model';
import { Hidden, IconButton, keyNames, keysAnywhere, Lid, TrustMark } from '@/ui';
import styles from './ConversationHeader.module.css';
import { LineChip } from './LineChip';
import { LineString } from './LineString';
import { TimerMark } from './TimerMark';

export interface ConversationHeaderProps {
  conversation: Conversation;
  detailsOpen: boolean;
  onDetails: () => void;
}

/** Who is on the other end, and the line to them. */
export function ConversationHeader({ conversation, detailsOpen, onDetails }: ConversationHeaderProps) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const picture = usePicture(conversation.id, conversation.picture);
  const presence = conversation.contact === 'mutual' ? conversation.presence : 'unknown';
  return (
    <header className={styles.head}>
      <Lid
        letter={initial(conversation.name)}
        color={conversation.color}
        picture={picture}
        presence={presence}
        className={styles.lid ?? ''}
      />
      <div className={styles.text}>
        <h1 className={styles.name}>
          {conversation.name}
          <Trust conversation={conversation} />
        </h1>
        <div className={styles.presence}>{t(`line.presence.${presenceWords(conversation)}`, { name })}</div>
      </div>
      {conversation.contact === 'mutual' && conversation.timer ? (
        <TimerMark seconds={conversation.timer} onPress={onDetails} />
      ) : null}
      {conversation.next === undefined && <LineChip conversation={conversation} onPress={onDetails} />}
      <IconButton
        label={t('details.show')}
        keys={keyNames(keysAnywhere.details[0])}
        pressed={detailsOpen}
        onPress={onDetails}
      >
        <PanelRight size={18} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
      {/* Another person's is another string: it is there, and does not drop or tighten. */}
      <LineString
        key={`string ${conversation.id}`}
        form={conversation.next === undefined ? lineView(conversation).form : 'none'}
      />
      {conversation.next === undefined && <LineNews key={conversation.id} conversation={conversation} />}
    </header>
  );
}

function Trust({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const { trust } = conversation.verified;
  return trust === 'none' ? null : <TrustMark trust={trust} label={t(`verify.mark.${trust}`)} />;
}

/** Says a change of the line, at most once in 10 s: whatever holds then. */
function LineNews({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const line = lineView(conversation);
  const name = shortName(conversation.name);
  const [said, setSaid] = useState('');
  const first = useRef(true);
  const open = line.form === 'taut' || line.form === 'bead';
  const news =
    line.state === 'noNetwork'
      ? t('line.changed.noNetwork')
      : line.state === 'held'
        ? t('line.changed.held', { name })
        : open
          ? t('line.changed.open', { name, state: lineWords({ ...line, delay: undefined }, { name, queued: 0 }) })
          : t('line.changed.waiting', { name });
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    const timer = setTimeout(() => setSaid(news), 10_000);
    return () => clearTimeout(timer);
  }, [news]);
  return <Hidden live>{said}</Hidden>;
}
