import type { Message } from '@/backend';
import { useTranslation } from '@/i18n';
import { classes } from '@/ui';
import styles from './Parts.module.css';
import { quoteAuthor, quoteWords, type Speaker } from './words';

export interface QuoteProps {
  message: Message;
  speaker: Speaker;
  /** It can be reached with Tab: the message has the focus. */
  reachable: boolean;
  onFollow: (message: Message) => void;
}

/** What a message answers; a press goes to it, if it is on this computer. */
export function Quote({ message, speaker, reachable, onFollow }: QuoteProps) {
  const { t } = useTranslation();
  const { reply } = message;
  if (!reply) return null;
  const words = quoteWords(message);
  if (!reply.here) return <span className={classes(styles.quote, styles.faint)}>{words}</span>;
  const name = quoteAuthor(message, speaker);
  return (
    <button
      type="button"
      className={classes(styles.quote, reply.deleted && styles.faint)}
      tabIndex={reachable ? 0 : -1}
      aria-label={`${t('message.quoteLabel', { name, text: words })}. ${t('message.quoteOpen')}`}
      onClick={() => onFollow(message)}
    >
      {/* The blank is for the words as they are heard. */}
      <b>{name}</b>{' '}
      <span className={styles.quoteText} dir="auto">
        {words}
      </span>
    </button>
  );
}
