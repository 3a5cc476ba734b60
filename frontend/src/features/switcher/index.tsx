import { Search } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { addWords, useTranslation } from '@/i18n';
import { lateWords } from '@/i18n/en/late';
import {
  findPeople,
  foldPeople,
  presentConversations,
  recentPeople,
  setSearchText,
  showConversation,
  useSession,
  useView,
} from '@/model';
import { isPressed, Kbd, keysAnywhere, Modal, useFirstFocus } from '@/ui';
import { commandsNow, findCommands } from './commands';
import { CommandOption, PersonOption } from './Options';
import styles from './Switcher.module.css';

addWords(lateWords);

/** As many people, people before anything is written, and actions are shown; the rest is found by writing more. */
const most = { people: 8, recent: 6, commands: 6 };

export interface SwitcherProps {
  onClose: () => void;
  /** A conversation was opened: the focus belongs into its message field. */
  onOpened: () => void;
  /** Goes to the search, in a conversation or with '' in all. */
  onSearch: (scope: string) => void;
  onDetails: () => void;
  onNetwork: () => void;
}

interface Option {
  id: string;
  run: () => void;
}

/** Jumps to people, settings and actions, and leads into the search. It closes with Esc, and with the keys that opened it. */
export function Switcher({ onClose, onOpened, onSearch, onDetails, onNetwork }: SwitcherProps) {
  const { t } = useTranslation();
  const conversations = useSession((state) => state.conversations);
  const settings = useSession((state) => state.settings);
  const requests = useSession((state) => Object.keys(state.requests).length);
  const visited = useView((state) => state.visited);
  const open = useView((state) => state.conversation);
  const [written, setWritten] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();

  const mode = written.startsWith('@') ? 'people' : /^[>》]/.test(written) ? 'commands' : 'all';
  const text = (mode === 'all' ? written : written.slice(1)).trim();
  const rows = useMemo(() => presentConversations(conversations), [conversations]);
  const commands = useMemo(
    () => commandsNow({ open: conversations[open], requests, settings, onSearch, onDetails, onNetwork }),
    [conversations, open, requests, settings, onSearch, onDetails, onNetwork],
  );
  const found = useMemo(() => {
    const people =
      mode === 'commands'
        ? { people: [], more: 0 }
        : text === ''
          ? { people: recentPeople(conversations, rows, visited, open, most.recent), more: 0 }
          : findPeople(rows, text, most.people);
    const actions = mode === 'people' ? [] : findCommands(commands, text, most.commands);
    return { ...people, actions };
  }, [mode, text, conversations, rows, visited, open, commands]);
  useEffect(() => foldPeople(rows), [rows]);
  const searchable = mode === 'all' && text !== '';

  const options: Option[] = [
    ...found.people.map(({ row }) => ({
      id: `${listId}-${row.id}`,
      run: () => {
        showConversation(row.id);
        onOpened();
      },
    })),
    ...found.actions.map(({ command }) => ({ id: `${listId}-${command.id}`, run: command.run })),
    ...(searchable
      ? [
          {
            id: `${listId}-find`,
            run: () => {
              onSearch('');
              setSearchText(text);
            },
          },
        ]
      : []),
  ];
  const at = Math.min(active, options.length - 1);
  const reached = options[at];

  useEffect(() => {
    if (reached) document.getElementById(reached.id)?.scrollIntoView({ block: 'nearest' });
    if (at === 0) list.current?.scrollTo({ top: 0 });
  }, [reached, at]);

  function choose(option: Option | undefined): void {
    if (!option) return;
    onClose();
    option.run();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) setActive((at + by + options.length) % Math.max(1, options.length));
    else if (event.key === 'Enter') choose(reached);
    else if (isPressed(event, keysAnywhere.switcher)) onClose();
    else return;
    event.preventDefault();
  }

  const at0 = found.people.length;
  const of = (index: number) => ({
    id: options[index]?.id ?? '',
    active: index === at,
    onPoint: () => setActive(index),
    onChoose: () => choose(options[index]),
  });

  return (
    <Modal
      scrim={styles.scrim}
      className={styles.modal}
      dialog={styles.dialog}
      label={t('switcher.title')}
      onClose={onClose}
    >
      <div className={styles.top}>
        <Search size={18} strokeWidth={1.75} aria-hidden="true" />
        <input
          className={styles.input}
          // The switcher was asked for, and begins here.
          ref={useFirstFocus<HTMLInputElement>(true)}
          type="text"
          role="combobox"
          aria-label={t('switcher.title')}
          aria-expanded={options.length > 0}
          aria-controls={listId}
          aria-haspopup="listbox"
          aria-autocomplete="list"
          aria-activedescendant={reached?.id}
          placeholder={t('switcher.placeholder')}
          value={written}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          dir="auto"
          onChange={(event) => {
            setWritten(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        <Kbd keys={keysAnywhere.close[0]} />
      </div>
      <div ref={list} id={listId} className={styles.list} role="listbox" aria-label={t('switcher.title')}>
        {found.people.length > 0 && (
          <Group label={t(text === '' ? 'switcher.recent' : 'switcher.people')}>
            {found.people.map(({ row, match }, index) => (
              <PersonOption key={row.id} row={row} match={match} open={row.id === open} {...of(index)} />
            ))}
          </Group>
        )}
        {found.more > 0 && (
          <p role="presentation" className={styles.more}>
            {t('switcher.morePeople', { count: found.more })}
          </p>
        )}
        {found.actions.length > 0 && (
          <Group label={t('switcher.actions')}>
            {found.actions.map(({ command, match }, index) => (
              <CommandOption
                key={command.id}
                label={command.label}
                match={match}
                icon={command.icon}
                keys={command.keys}
                {...of(at0 + index)}
              />
            ))}
          </Group>
        )}
        {searchable && (
          <Group label={t('switcher.messages')}>
            <CommandOption
              label={t('switcher.find', { text })}
              match={undefined}
              icon={Search}
              keys={undefined}
              {...of(options.length - 1)}
            />
          </Group>
        )}
      </div>
      {options.length === 0 && (
        <p className={styles.nothing}>{t(mode === 'commands' ? 'switcher.none' : 'switcher.nobody')}</p>
      )}
      <p className={styles.said} role="status">
        {text !== '' && t('switcher.results', { count: options.length + found.more })}
      </p>
      <footer className={styles.foot} aria-hidden="true">
        <span>
          <Kbd keys="ArrowUp" /> <Kbd keys="ArrowDown" /> {t('switcher.move')}
        </span>
        <span>
          <Kbd keys="Enter" /> {t('switcher.choose')}
        </span>
        <span>
          <Kbd keys="@" /> {t('switcher.onlyPeople')}
        </span>
        <span>
          <Kbd keys=">" /> {t('switcher.onlyActions')}
        </span>
      </footer>
    </Modal>
  );
}

function Group({ label, children }: { label: string; children: ReactNode }) {
  const heading = useId();
  return (
    <div role="group" aria-labelledby={heading} className={styles.group}>
      <div id={heading} role="presentation" className={styles.heading}>
        {label}
      </div>
      {children}
    </div>
  );
}
