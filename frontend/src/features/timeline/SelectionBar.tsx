import { Copy, Trash2, X } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from '@/i18n';
import { selectedMost, useSelection } from '@/model';
import { Button, IconButton, keysOfSelection } from '@/ui';
import styles from './Selection.module.css';

export interface SelectionBarProps {
  readOnly: boolean;
  /** Keys that were pressed in it. */
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  onCopy: () => void;
  onRemove: () => void;
  onEnd: () => void;
}

/** How many messages are selected, and what can be done with them; it stands where one writes otherwise. */
export function SelectionBar({ readOnly, onKeyDown, onCopy, onRemove, onEnd }: SelectionBarProps) {
  const { t } = useTranslation();
  const count = useSelection((state) => state.messages.size);
  const words =
    count === 0
      ? t('selection.none')
      : count === selectedMost
        ? t('selection.most', { count })
        : t('selection.count', { count });
  const nothing = count === 0 ? t('selection.none') : undefined;
  return (
    <section className={styles.bar} aria-label={t('selection.bar')} data-selection="" onKeyDown={onKeyDown}>
      <IconButton label={t('selection.end')} keys={keysOfSelection.end[0]} onPress={onEnd}>
        <X size={18} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
      <span className={styles.count} role="status">
        {words}
      </span>
      <Button icon={<Copy size={16} strokeWidth={1.75} aria-hidden="true" />} disabledReason={nothing} onPress={onCopy}>
        {t('selection.copy')}
      </Button>
      <Button
        kind="danger"
        icon={<Trash2 size={16} strokeWidth={1.75} aria-hidden="true" />}
        disabledReason={readOnly ? t('selection.readOnly') : nothing}
        onPress={onRemove}
      >
        {t('selection.remove')}
      </Button>
    </section>
  );
}
