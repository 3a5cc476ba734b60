import type { Conversation } from '@/backend';
import { lineWords, useTranslation } from '@/i18n';
import { lineView, shortName } from '@/model';
import { classes, LineSign, lineKind, PressButton } from '@/ui';
import styles from './LineChip.module.css';

/** How two people are connected right now: a glyph, a word, a number. */
export function LineChip({ conversation, onPress }: { conversation: Conversation; onPress: () => void }) {
  const { t } = useTranslation();
  const line = lineView(conversation);
  const words = lineWords(line, { name: shortName(conversation.name), queued: conversation.queued });
  const kind = lineKind(line.state);
  return (
    <PressButton
      className={classes(styles.chip, kind === 'ok' && styles.good, kind === 'bad' && styles.bad)}
      aria-label={t('line.label', { state: words })}
      onPress={onPress}
    >
      <LineSign state={line.state} />
      <span className={styles.words}>{words}</span>
    </PressButton>
  );
}
