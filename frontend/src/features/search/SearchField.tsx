import { Search, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from '@/i18n';
import { openSearch, setSearchText, shortName, showSearch, useConversation, useSearch, useView } from '@/model';
import { Kbd, keysAnywhere } from '@/ui';
import { elementOf, listId, runSearchKey } from './options';
import styles from './SearchField.module.css';

export interface SearchFieldProps {
  /** The focus came from there. */
  onEnter: (from: Element | null) => void;
  /** The down arrow while nothing is searched: go on in the list. */
  onDown: () => void;
  /** Escape: leave the search, or the field. */
  onLeave: () => void;
}

/** The field that finds people and messages. Its results stand in the place of the conversation. */
export function SearchField({ onEnter, onDown, onLeave }: SearchFieldProps) {
  const { t } = useTranslation();
  const text = useSearch((state) => state.text);
  const active = useSearch((state) => state.active);
  const scope = useSearch((state) => state.scope);
  const shown = useView((state) => state.place.kind === 'search');
  const within = useConversation(scope);

  const input = useRef<HTMLInputElement>(null);

  // Where the field stands above the results it comes with them, and takes the focus.
  const came = useRef(shown);
  useEffect(() => {
    if (came.current) input.current?.focus();
  }, []);

  function type(value: string, composing: boolean): void {
    if (!shown) openSearch('');
    setSearchText(value, composing);
  }

  return (
    <div className={styles.box} role="search">
      <Search size={16} strokeWidth={1.75} aria-hidden="true" />
      <input
        ref={input}
        className={styles.input}
        type="text"
        role="combobox"
        aria-label={t('search.field')}
        aria-expanded={shown && text.trim() !== ''}
        aria-controls={listId}
        aria-haspopup="listbox"
        aria-autocomplete="list"
        aria-activedescendant={shown && active ? elementOf(active) : undefined}
        placeholder={
          shown && within ? t('search.placeholderIn', { name: shortName(within.name) }) : t('search.placeholder')
        }
        value={text}
        maxLength={500}
        spellCheck={false}
        autoComplete="off"
        data-search=""
        onChange={(event) => type(event.target.value, (event.nativeEvent as InputEvent).isComposing)}
        onCompositionEnd={(event) => type(event.currentTarget.value, false)}
        onFocus={(event) => onEnter(event.relatedTarget)}
        onClick={() => {
          if (text) showSearch();
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
          if (event.key === 'Escape') {
            event.stopPropagation();
            onLeave();
          } else if (shown) {
            if (runSearchKey(event.key)) event.preventDefault();
          } else if (text && (event.key === 'ArrowDown' || event.key === 'Enter')) {
            event.preventDefault();
            showSearch();
          } else if (event.key === 'ArrowDown') {
            event.preventDefault();
            onDown();
          }
        }}
      />
      {text ? (
        <button
          type="button"
          className={styles.clear}
          aria-label={t('search.clear')}
          // The field keeps the focus: another word follows.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => setSearchText('')}
        >
          <X size={16} strokeWidth={1.75} aria-hidden="true" />
        </button>
      ) : (
        !shown && <Kbd keys={keysAnywhere.searchAll[0]} />
      )}
    </div>
  );
}
