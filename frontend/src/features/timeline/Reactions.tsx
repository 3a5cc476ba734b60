import { SmilePlus } from 'lucide-react';
import { useState } from 'react';
import type { Message, Reaction } from '@/backend';
import { useTranslation } from '@/i18n';
import { type Box, boxOf, classes, PressButton } from '@/ui';
import styles from './Parts.module.css';
import { reactionWords, type Speaker } from './words';

/** So many stand in a row; the rest is a press away. */
const rowMost = 6;

export interface ReactionsProps {
  message: Message;
  speaker: Speaker;
  /** Mine can be put and taken away here. */
  open: boolean;
  reachable: boolean;
  onToggle: (message: Message, reaction: Reaction) => void;
  onAdd: (message: Message, at: Box) => void;
}

/** The emoji on a message, under its bubble. */
export function Reactions({ message, speaker, open, reachable, onToggle, onAdd }: ReactionsProps) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const reactions = message.reactions ?? [];
  if (reactions.length === 0) return null;
  const shown = all ? reactions : reactions.slice(0, rowMost);
  const more = reactions.length - shown.length;
  return (
    <div
      className={classes(styles.reactions, message.mine && styles.mine)}
      role="group"
      aria-label={t('message.reactions')}
    >
      {shown.map((reaction) => {
        const words = reactionWords(reaction, speaker);
        return (
          <PressButton
            key={reaction.emoji}
            className={classes(styles.chip, reaction.mine && styles.own)}
            aria-label={words}
            aria-pressed={reaction.mine}
            tabIndex={reachable ? 0 : -1}
            disabled={!open}
            hint={{ text: words, placement: 'top' }}
            onPress={() => onToggle(message, reaction)}
          >
            <span aria-hidden="true">{reaction.emoji}</span> {reaction.count}
          </PressButton>
        );
      })}
      {more > 0 && (
        <button
          type="button"
          className={styles.chip}
          tabIndex={reachable ? 0 : -1}
          aria-label={t('message.moreReactions', { count: more })}
          onClick={() => setAll(true)}
        >
          +{more}
        </button>
      )}
      {open && (
        <button
          type="button"
          className={classes(styles.chip, styles.add)}
          tabIndex={reachable ? 0 : -1}
          aria-label={t('message.addReaction')}
          title={t('message.addReaction')}
          onMouseDown={(event) => event.preventDefault()}
          onClick={(event) => onAdd(message, boxOf(event.currentTarget))}
        >
          <SmilePlus size={14} strokeWidth={2} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
