import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { useTranslation } from '@/i18n';
import { useView, view } from '@/model';
import { Kbd } from '@/ui';
import styles from './SearchBox.module.css';

export interface SearchBoxProps {
  ref: Ref<HTMLInputElement>;
  onFocusChange: (focused: boolean) => void;
  /** Enter or the down arrow: go on in the list. */
  onDown: () => void;
  onEnter: () => void;
}

/** Filters the list by name. */
export function SearchBox({ ref, onFocusChange, onDown, onEnter }: SearchBoxProps) {
  const { t } = useTranslation();
  const text = useView((state) => state.search);
  return (
    <div className={styles.box} role="search">
      <Search size={16} strokeWidth={1.75} aria-hidden="true" />
      <input
        ref={ref}
        className={styles.input}
        type="text"
        aria-label={t('conversations.searchLabel')}
        placeholder={t('conversations.search')}
        value={text}
        spellCheck={false}
        autoComplete="off"
        data-search=""
        onChange={(event) => view.setState({ search: event.target.value })}
        onFocus={() => onFocusChange(true)}
        onBlur={() => onFocusChange(false)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            onDown();
          } else if (event.key === 'Enter') {
            onEnter();
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            if (text) view.setState({ search: '' });
            else event.currentTarget.blur();
          }
        }}
      />
      {text ? (
        <button
          type="button"
          className={styles.clear}
          aria-label={t('conversations.clearSearch')}
          onClick={() => view.setState({ search: '' })}
        >
          <X size={16} strokeWidth={1.75} aria-hidden="true" />
        </button>
      ) : (
        <span className={styles.keys}>
          <Kbd keys="Ctrl K" />
        </span>
      )}
    </div>
  );
}
