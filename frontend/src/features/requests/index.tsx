import { UserPlus } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Request } from '@/backend';
import { timeAgo, useTranslation } from '@/i18n';
import { initial, sortedRequests, useSession } from '@/model';
import { Hidden, Lid } from '@/ui';
import { RequestCard } from './RequestCard';
import styles from './Requests.module.css';
import { useMinute } from './useMinute';

/** Everybody who asks to be a contact; stands in the place of the conversation, beside the list. */
export default function RequestsView() {
  const { t } = useTranslation();
  const requests = sortedRequests(useSession((state) => state.requests));
  // Held by id, so that nobody who comes in between takes the place of the one that is read; and by place, so that the next
  // one is at hand when it is answered.
  const [chosen, setChosen] = useState({ id: requests[0]?.id ?? '', index: 0 });
  const place = useRef<HTMLDivElement>(null);
  useMinute();

  const found = requests.findIndex((request) => request.id === chosen.id);
  const index = found >= 0 ? found : Math.min(chosen.index, requests.length - 1);
  const shown = requests[index];
  if (shown && (shown.id !== chosen.id || index !== chosen.index)) setChosen({ id: shown.id, index });

  function focusRow(id: string): void {
    place.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  }

  // Where an answered request took the focus with it, it goes on from the next one, or from the title.
  const current = shown?.id ?? '';
  const before = useRef(current);
  useEffect(() => {
    if (before.current === current) return;
    before.current = current;
    if (document.activeElement !== document.body && document.activeElement !== null) return;
    if (current) place.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(current)}"]`)?.focus();
    else place.current?.focus();
  }, [current]);

  function choose(to: number): void {
    const request = requests[to];
    if (!request) return;
    setChosen({ id: request.id, index: to });
    focusRow(request.id);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: requests.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  }

  return (
    <section className={styles.view} ref={place} tabIndex={-1} aria-label={t('requests.title')}>
      <header className={styles.head}>
        <h1 className={styles.title}>{t('requests.title')}</h1>
        {requests.length > 0 && <p className={styles.waiting}>{t('requests.count', { count: requests.length })}</p>}
        <svg className={styles.string} viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
          <path d="M0 0C250 20 750 20 1000 0" vectorEffect="non-scaling-stroke" />
        </svg>
      </header>
      {shown ? (
        <div className={styles.columns}>
          <ul className={styles.list} aria-label={t('requests.title')} onKeyDown={onKeyDown}>
            {requests.map((request, at) => (
              <li key={request.id}>
                <Row
                  request={request}
                  current={request.id === shown.id}
                  onPress={() => setChosen({ id: request.id, index: at })}
                />
              </li>
            ))}
          </ul>
          <div className={styles.place}>
            <RequestCard key={shown.id} request={shown} />
          </div>
        </div>
      ) : (
        <div className={styles.empty}>
          <UserPlus size={22} strokeWidth={1.75} aria-hidden="true" />
          <h2>{t('requests.none')}</h2>
          <p>{t('requests.noneText')}</p>
        </div>
      )}
      <Hidden live>{requests.length === 0 ? t('requests.none') : ''}</Hidden>
    </section>
  );
}

/** Who asks, by which link, and when. */
function Row({ request, current, onPress }: { request: Request; current: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className={styles.row}
      data-id={request.id}
      aria-current={current}
      tabIndex={current ? 0 : -1}
      onClick={onPress}
    >
      <Lid letter={initial(request.name)} color={request.color} />
      <span className={styles.who}>
        <b className={styles.name}>{request.name}</b>
        <span className={styles.when}>
          {t('requests.row', {
            link: request.stranger ? t('requests.byHandle') : request.inviteLabel || t('requests.byLink'),
            when: timeAgo(request.time, 'short'),
          })}
        </span>
      </span>
    </button>
  );
}
