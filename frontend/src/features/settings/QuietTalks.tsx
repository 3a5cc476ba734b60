import { useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { errorText, gap, useTranslation } from '@/i18n';
import { initial, sortedConversations, usePicture, useSession } from '@/model';
import { Button, Hidden, Lid } from '@/ui';
import styles from './NotificationsPage.module.css';
import { Group, Rows } from './Parts';

/** The conversations that nothing is told of, each with a way to be told again. */
export function QuietTalks() {
  const { t } = useTranslation();
  const conversations = useSession((state) => state.conversations);
  const quiet = sortedConversations(conversations).filter((one) => one.quiet);
  return (
    <Group title={t('notifications.exceptions')}>
      {quiet.length === 0 ? (
        <p className={styles.none}>{t('notifications.noExceptions')}</p>
      ) : (
        <Rows>
          {quiet.map((one) => (
            <QuietTalk key={one.id} conversation={one} />
          ))}
        </Rows>
      )}
    </Group>
  );
}

function QuietTalk({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const [failure, setFailure] = useState<unknown>();
  const picture = usePicture(conversation.id, conversation.picture);
  return (
    <div className={styles.talk}>
      <Lid letter={initial(conversation.name)} color={conversation.color} size={32} picture={picture} />
      <div className={styles.name}>
        <b dir="auto">{conversation.name}</b>
        {failure === undefined ? (
          <span className={styles.help}>{t('notifications.silentText')}</span>
        ) : (
          <span className={styles.failure} role="alert">
            {errorText(failure)}
          </span>
        )}
      </div>
      <Button
        size="small"
        onPress={() => {
          setFailure(undefined);
          backend().quietConversation(conversation.id, false).catch(setFailure);
        }}
      >
        {t('notifications.unmute')}
        {gap()}
        <Hidden>{conversation.name}</Hidden>
      </Button>
    </div>
  );
}
