import { Archive, ChevronDown, ChevronRight, Network, Search, UserPlus } from 'lucide-react';
import { type ReactNode, type UIEvent, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Conversation } from '@/backend';
import { useTranslation } from '@/i18n';
import {
  archivedConversations,
  filteredConversations,
  showAddContact,
  showRequests,
  sortedConversations,
  useSession,
  useToday,
  useView,
  view,
} from '@/model';
import { Badge, Hidden, IconButton, keyNames, keysAnywhere, Mark, narrowQuery, Segmented, useMedia } from '@/ui';
import { ConversationRow } from './ConversationRow';
import styles from './Conversations.module.css';
import { IdentityBar } from './IdentityBar';

/** Rows that a list begins with, and that it grows by when its end comes near: what nobody scrolls to costs nothing. */
const step = 100;

export interface ConversationsProps {
  /** The field that finds people and messages. A narrow list has no room for it: then it is a button. */
  field: ReactNode;
  onSearch: () => void;
  /** The up arrow in the first row. */
  onUp: () => void;
  /** Shows the network. */
  onNetwork: () => void;
}

/** The list of conversations, with search above and the identity bar below. */
export function Conversations({ field, onSearch, onUp, onNetwork }: ConversationsProps) {
  const { t } = useTranslation();
  const conversations = useSession((state) => state.conversations);
  const requests = useSession((state) => Object.keys(state.requests).length);
  const compact = useSession((state) => state.settings.compact);
  const today = useToday();
  const place = useView((state) => state.place);
  const open = useView((state) => (state.place.kind === 'conversations' ? state.conversation : ''));
  const filter = useView((state) => state.filter);
  const [reached, setReached] = useState('');
  const [wanted, setWanted] = useState(step);
  const list = useRef<HTMLElement>(null);
  const lidsOnly = useMedia(narrowQuery);

  const all = useMemo(() => sortedConversations(conversations), [conversations]);
  const shown = useMemo(() => filteredConversations(all, filter, open), [all, filter, open]);
  const archived = useMemo(() => archivedConversations(all, filter, open), [all, filter, open]);
  // One that is open is always listed.
  const unfolded = useView((state) => state.archiveOpen) || archived.some((row) => row.id === open);
  const rows = unfolded ? [...shown, ...archived] : shown;
  const count = Math.max(wanted, rows.findIndex((row) => row.id === open) + 1);
  const mounted = new Set(rows.slice(0, count));
  const pinned = shown.filter((row) => row.pinned);
  const reachable =
    rows.find((row) => row.id === reached)?.id ?? rows.find((row) => row.id === open)?.id ?? rows[0]?.id;

  const Fold = unfolded ? ChevronDown : ChevronRight;
  const listed = (row: Conversation) => (
    <li key={row.id}>
      <ConversationRow
        row={row}
        open={row.id === open}
        reachable={row.id === reachable}
        narrow={lidsOnly}
        compact={compact}
        today={today}
      />
    </li>
  );
  const part = (title: string, list: readonly Conversation[]) => (
    <>
      <div className={styles.heading}>
        <span>{title}</span>
      </div>
      <ul aria-label={title}>{list.filter((row) => mounted.has(row)).map(listed)}</ul>
    </>
  );

  function grow({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: UIEvent): void {
    if (count < rows.length && scrollHeight - scrollTop < 3 * clientHeight) setWanted(count + step);
  }

  function move(event: React.KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'End') flushSync(() => setWanted(rows.length));
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0) onUp();
    else buttons[Math.min(next, buttons.length - 1)]?.focus();
  }

  return (
    <aside
      className={styles.side}
      aria-label={t('conversations.label')}
      data-pane="list"
      data-narrow={lidsOnly || undefined}
    >
      <div className={styles.top}>
        <div className={styles.brand}>
          <Mark />
          <b className={styles.word}>Tincan</b>
          <span className={styles.brandEnd}>
            <IconButton
              label={t('conversations.openNetwork')}
              keys={keyNames(keysAnywhere.network[0])}
              size="small"
              onPress={onNetwork}
            >
              <Network size={20} strokeWidth={1.75} aria-hidden="true" />
            </IconButton>
            <IconButton
              label={t('conversations.add')}
              keys={keyNames(keysAnywhere.add[0])}
              size="small"
              onPress={() => showAddContact()}
            >
              <UserPlus size={20} strokeWidth={1.75} aria-hidden="true" />
            </IconButton>
          </span>
        </div>
        {field ?? (
          <IconButton label={t('search.open')} keys={keyNames(keysAnywhere.searchAll[0])} onPress={onSearch}>
            <Search size={18} strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
        )}
        {all.length > 0 && (
          <Segmented
            label={t('conversations.show')}
            className={styles.filters ?? ''}
            fill
            options={[
              { value: 'all', label: t('conversations.all') },
              { value: 'unread', label: t('conversations.unread') },
            ]}
            value={filter}
            onChange={(value) => view.setState({ filter: value })}
          />
        )}
      </div>
      <nav
        ref={list}
        className={styles.list}
        aria-label={t('conversations.label')}
        onKeyDown={move}
        onScroll={grow}
        onFocus={(event) => setReached(event.target.dataset.row ?? '')}
      >
        {requests > 0 && (
          <button
            type="button"
            className={styles.requests}
            aria-current={place.kind === 'requests' || undefined}
            title={lidsOnly ? t('conversations.requests') : undefined}
            data-way="requests"
            onClick={showRequests}
          >
            <span className={styles.requestsIcon}>
              <UserPlus size={18} strokeWidth={1.75} aria-hidden="true" />
            </span>
            <span className={styles.requestsLabel}>{t('conversations.requests')}</span>
            <Badge count={requests} />
            <Hidden>{t('conversations.requestsCount', { count: requests })}</Hidden>
          </button>
        )}
        {pinned.length > 0 && part(t('conversations.pinned'), pinned)}
        {shown.length > pinned.length &&
          part(
            t('conversations.recent'),
            shown.filter((row) => !row.pinned),
          )}
        {shown.length === 0 && <Quiet any={filter === 'unread' && all.length > 0} />}
        {archived.length > 0 && shown.every((row) => mounted.has(row)) && (
          <>
            <button
              type="button"
              className={styles.fold}
              aria-expanded={unfolded}
              title={lidsOnly ? t('conversations.archived') : undefined}
              onClick={({ currentTarget }) => {
                view.setState({ archiveOpen: !unfolded });
                // What is unfolded at the end of a long list would be out of sight.
                if (!unfolded) requestAnimationFrame(() => currentTarget.scrollIntoView?.({ block: 'start' }));
              }}
            >
              <Archive size={16} strokeWidth={1.75} aria-hidden="true" />
              <span className={styles.foldLabel} aria-hidden="true">
                {t('conversations.archived')}
              </span>
              <span className={styles.foldCount} aria-hidden="true">
                {archived.length}
              </span>
              <Hidden>{t('conversations.archivedCount', { count: archived.length })}</Hidden>
              <Fold size={16} strokeWidth={1.75} aria-hidden="true" className={styles.foldMark} />
            </button>
            {unfolded && <ul>{archived.filter((row) => mounted.has(row)).map(listed)}</ul>}
          </>
        )}
      </nav>
      <IdentityBar narrow={lidsOnly} current={place.kind === 'network'} onNetwork={onNetwork} />
    </aside>
  );
}

function Quiet({ any }: { any: boolean }) {
  const { t } = useTranslation();
  const [title, text] = !any
    ? [t('conversations.quiet'), t('conversations.quietText')]
    : [t('conversations.allRead'), t('conversations.allReadText')];
  return (
    <div className={styles.quiet} role="status">
      <b>{title}</b>
      <span>{text}</span>
    </div>
  );
}
