import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { useTranslation } from '@/i18n';
import { hitsMost, searchMore, useSearch, useSession, useToday } from '@/model';
import { Spinner } from '@/ui';
import { MessageHit, PersonHit } from './Hit';
import { elementOf, listId, type Options, personOption, runSearchKey } from './options';
import styles from './Results.module.css';

/** How near the end older results are asked for, in heights of the view. */
const ahead = 1;

/** People and messages that were found, mounted as far as they are visible. */
export function Results({ options }: { options: Options }) {
  const { t } = useTranslation();
  const conversations = useSession((state) => state.conversations);
  const profile = useSession((state) => state.profile);
  const active = useSearch((state) => state.active);
  const asking = useSearch((state) => state.asking);
  const loading = useSearch((state) => state.loading);
  const full = useSearch((state) => state.hits.length >= hitsMost && state.before !== '');
  const today = useToday();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const [margin, setMargin] = useState(0);
  const peopleHeading = useId();
  const messagesHeading = useId();
  const { people, more, hits } = options;
  const at = useMemo(() => hits.findIndex((hit) => hit.id === active), [hits, active]);

  // What stands above the messages has its own height.
  useLayoutEffect(() => {
    setMargin(content.current?.offsetTop ?? 0);
  }, [people.length, more]);

  // The option that arrows reached is in sight; so is the one that was opened, when somebody comes back.
  useLayoutEffect(() => {
    if (active === '') scroller.current?.scrollTo({ top: 0 });
    else if (at >= 0) list.current?.scrollToIndex(at, { align: 'nearest' });
    else document.getElementById(elementOf(active))?.scrollIntoView({ block: 'nearest' });
  }, [active, at]);

  function look(): void {
    const view = scroller.current;
    if (!view) return;
    if (view.scrollHeight - view.scrollTop - view.clientHeight < view.clientHeight * ahead) void searchMore();
  }

  // A page that does not fill the view brings the next one.
  useEffect(look, [hits.length]);

  return (
    <div
      ref={scroller}
      id={listId}
      className={styles.list}
      role="listbox"
      aria-label={t('search.label')}
      aria-busy={asking || loading}
      aria-activedescendant={active ? elementOf(active) : undefined}
      tabIndex={0}
      data-results=""
      onScroll={look}
      onKeyDown={(event) => {
        if (!event.altKey && !event.ctrlKey && !event.metaKey && runSearchKey(event.key)) event.preventDefault();
      }}
    >
      {people.length > 0 && (
        <div role="group" aria-labelledby={peopleHeading} className={styles.group}>
          <div id={peopleHeading} role="presentation" className={styles.heading}>
            {t('search.people')}
          </div>
          {people.map(({ row, match }) => (
            <PersonHit key={row.id} row={row} match={match} active={active === personOption(row.id)} />
          ))}
          {more > 0 && (
            <p role="presentation" className={styles.more}>
              {t('search.morePeople', { count: more })}
            </p>
          )}
        </div>
      )}
      {hits.length > 0 && (
        <div role="group" aria-labelledby={messagesHeading} className={styles.group}>
          <div id={messagesHeading} role="presentation" className={styles.heading}>
            {t('search.messages')}
          </div>
          <div ref={content} role="presentation">
            <Virtualizer
              ref={list}
              scrollRef={scroller}
              startMargin={margin}
              data={hits}
              bufferSize={400}
              itemSize={59}
              {...(at < 0 ? {} : { keepMounted: [at] })}
            >
              {(hit) => {
                const conversation = conversations[hit.conversation];
                return conversation ? (
                  <MessageHit
                    key={hit.id}
                    hit={hit}
                    conversation={conversation}
                    profile={profile}
                    active={active === hit.id}
                    today={today}
                  />
                ) : (
                  <span key={hit.id} />
                );
              }}
            </Virtualizer>
          </div>
        </div>
      )}
      {loading && (
        <div role="presentation" className={styles.loading} title={t('search.loading')}>
          <Spinner />
        </div>
      )}
      {full && (
        <p role="presentation" className={styles.more}>
          {t('search.most', { count: hitsMost })}
        </p>
      )}
    </div>
  );
}
