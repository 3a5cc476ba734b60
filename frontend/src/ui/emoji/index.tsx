import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { addWords, i18n, useTranslation } from '@/i18n';
import { lateWords } from '@/i18n/en/late';
import { useFirstFocus } from '../focus';
import { Hidden } from '../Hidden';
import { type Emoji, fromText, type GroupName } from './data';
import styles from './Emoji.module.css';
import { findEmoji } from './find';
import { shownHere } from './font';
import { Grid, type GridHandle } from './Grid';
import { Groups } from './Groups';
import { offered } from './offered';
import { Tones } from './Tones';
import { inTone, toneNames } from './tone';

export { withRecent } from './data';

addWords(lateWords);

export interface EmojiPickerProps {
  /** Those used last, as the settings keep them. */
  recent: string;
  tone: number;
  onTone: (tone: number) => void;
  /** One was chosen: what is to be written, what it is known by, and whether another one is to be chosen after it. */
  onPick: (text: string, emoji: string, more: boolean) => void;
}

/** All emoji by their groups, and a field that finds them by name. Only what the fonts here show is offered. */
export function EmojiPicker({ recent, tone, onTone, onPick }: EmojiPickerProps) {
  const { t } = useTranslation();
  const chinese = i18n.language === 'zh-CN';
  const shown = shownHere();
  // As it was when it was opened: nothing moves under the pointer while several are picked.
  const [before] = useState(() => fromText(recent));
  const [query, setQuery] = useState('');
  const [group, setGroup] = useState<GroupName | 'recent'>(before.length > 0 ? 'recent' : 'faces');
  const [pointed, setPointed] = useState<Emoji>();
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<GridHandle>(null);
  const panel = useId();
  const searching = query.trim() !== '';
  const list = useMemo(() => {
    if (searching) return findEmoji(offered(shown), query);
    return group === 'recent' ? before : offered(shown).filter((one) => one.group === group);
  }, [searching, query, group, before, shown]);

  const plainName = (one: Emoji) => (chinese ? one.chinese : one.english).name;
  const name = (one: Emoji) =>
    one.toned && tone > 0
      ? t('picker.toned', { name: plainName(one), tone: t(`picker.tone.${toneNames[tone] ?? 'none'}`) })
      : plainName(one);
  const pick = (one: Emoji, more: boolean) => onPick(inTone(one, tone), one.emoji, more);

  function onFieldKey(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229) return;
    const first = list[0];
    if (event.key === 'ArrowDown') grid.current?.focus();
    else if (event.key === 'Enter' && searching && first) pick(first, event.shiftKey);
    else if (event.key !== 'Enter') return;
    event.preventDefault();
  }

  /** Letters go into the field, wherever the focus is. */
  function onGridKey(event: KeyboardEvent): void {
    const { key, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey || key === ' ') return;
    if (key.length === 1 || key === 'Backspace' || key === 'Process') field.current?.focus();
  }

  const title = searching ? t('picker.found', { count: list.length }) : t(`picker.group.${group}`);
  return (
    <div className={styles.picker}>
      <input
        ref={useFirstFocus(true, field)}
        className={styles.field}
        type="text"
        role="searchbox"
        aria-label={t('picker.search')}
        placeholder={t('picker.search')}
        aria-controls={panel}
        value={query}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setPointed(undefined);
          setQuery(event.target.value);
        }}
        onKeyDown={onFieldKey}
      />
      <Groups
        chosen={searching ? undefined : group}
        recent={before.length > 0}
        panel={panel}
        onChoose={(next) => {
          setQuery('');
          setPointed(undefined);
          setGroup(next);
        }}
      />
      {!shown.any && <p className={styles.fontless}>{t('picker.noFont')}</p>}
      <div id={panel} className={styles.panel} role="tabpanel" aria-label={title}>
        {list.length > 0 ? (
          <Grid
            // Begins at its beginning with each list.
            key={searching ? query : group}
            ref={grid}
            label={title}
            list={list}
            tone={tone}
            name={name}
            onPick={pick}
            onPoint={setPointed}
            onLeave={() => field.current?.focus()}
            onKey={onGridKey}
          />
        ) : (
          <p className={styles.nothing}>{t('picker.nothing')}</p>
        )}
      </div>
      <Hidden live>{searching ? title : ''}</Hidden>
      <div className={styles.foot}>
        <p className={styles.told} aria-hidden="true">
          {pointed ? (
            <>
              <span className={styles.large}>{inTone(pointed, tone)}</span>
              <span className={styles.name}>{name(pointed)}</span>
            </>
          ) : (
            <span className={styles.hint}>{t('picker.several')}</span>
          )}
        </p>
        <Tones tone={tone} onTone={onTone} />
      </div>
    </div>
  );
}
