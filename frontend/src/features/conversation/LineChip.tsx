import { Ban, Hourglass, ShieldAlert, UserX, WifiOff } from 'lucide-react';
import type { Conversation } from '@/backend';
import { lineWords, useTranslation } from '@/i18n';
import { type LineView, lineView, shortName } from '@/model';
import { classes, LineGlyph, PressButton, Spinner } from '@/ui';
import styles from './LineChip.module.css';

/** How two people are connected right now: a glyph, a word, a number. */
export function LineChip({ conversation, onPress }: { conversation: Conversation; onPress: () => void }) {
  const { t } = useTranslation();
  const line = lineView(conversation);
  const words = lineWords(line, { name: shortName(conversation.name), queued: conversation.queued });
  return (
    <PressButton
      className={classes(styles.chip, toneOf(line))}
      aria-label={t('line.label', { state: words })}
      onPress={onPress}
    >
      <Glyph line={line} />
      <span className={styles.words}>{words}</span>
    </PressButton>
  );
}

function toneOf(line: LineView): string | undefined {
  if (line.state === 'lan' || line.state === 'direct') return styles.good;
  return line.state === 'banned' || line.state === 'held' ? styles.bad : undefined;
}

function Glyph({ line }: { line: LineView }) {
  switch (line.state) {
    case 'lan':
    case 'direct':
    case 'relayed':
    case 'waiting':
      return <LineGlyph state={line.state} />;
    case 'ready':
      return <LineGlyph state="waiting" />;
    case 'connecting':
      return <Spinner small />;
    case 'noNetwork':
      return <WifiOff size={14} strokeWidth={2} aria-hidden="true" />;
    case 'asked':
      return <Hourglass size={14} strokeWidth={2} aria-hidden="true" />;
    case 'held':
      return <ShieldAlert size={14} strokeWidth={2} aria-hidden="true" />;
    case 'forgotten':
      return <UserX size={14} strokeWidth={2} aria-hidden="true" />;
    case 'banned':
      return <Ban size={14} strokeWidth={2} aria-hidden="true" />;
  }
}
