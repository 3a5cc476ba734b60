import { useState } from 'react';
import type { Message } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { Button, TextField, useFirstFocus } from '@/ui';
import { isOneEmoji, quickEmoji } from './emoji';
import styles from './Parts.module.css';

export interface QuickReactionsProps {
  message: Message;
  onPick: (emoji: string) => void;
}

/** Six emoji, and a field for any other one. */
export function QuickReactions({ message, onPick }: QuickReactionsProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [refused, setRefused] = useState(false);
  const mine = new Set((message.reactions ?? []).filter((one) => one.mine).map((one) => one.emoji));
  const emoji = text.trim();
  // The popover was asked for, and begins here.
  const first = useFirstFocus<HTMLButtonElement>(true);

  function add(): void {
    if (isOneEmoji(emoji)) onPick(emoji);
    else setRefused(true);
  }

  return (
    <div className={styles.quick}>
      <div className={styles.quickRow} role="group" aria-label={t('message.quickLabel')}>
        {quickEmoji.map((one, index) => (
          <button
            key={one}
            type="button"
            className={styles.quickOne}
            aria-pressed={mine.has(one)}
            ref={index === 0 ? first : undefined}
            onClick={() => onPick(one)}
          >
            {one}
          </button>
        ))}
      </div>
      <div className={styles.anyRow}>
        <TextField
          label={t('message.anyEmoji')}
          value={text}
          help={t('message.anyEmojiHelp')}
          error={refused ? errorText({ code: 'emoji', message: '', params: {} }) : undefined}
          maxLength={40}
          className={styles.any ?? ''}
          onChange={(next) => {
            setText(next);
            setRefused(false);
          }}
          onEnter={add}
        />
        <Button className={styles.anyAdd ?? ''} onPress={add}>
          {t('message.anyEmojiAdd')}
        </Button>
      </div>
    </div>
  );
}
