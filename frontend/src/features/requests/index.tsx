import { UserPlus } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Request } from '@/backend';
import { listTime, useTranslation } from '@/i18n';
import { initial, sortedRequests, useSession } from '@/model';
import { Lid } from '@/ui';
import { RequestCard } from './RequestCard';
import styles from './Requests.module.css';

/** Everybody who asks to be a contact; fills the place of the conversation, beside the list. */
export default function RequestsView() {
  const { t } = useTranslation();
  const requests = sortedRequests(useSession((state) => state.requests));
  const [chosen, setChosen] = useState('');
  const shown = requests.find((request) => request.id === chosen) ?? requests[0];
  return (
    <main className={styles.view} aria-label={t('requests.title')}>
      <header className={styles.head}>
        <h1 className={styles.title}>{t('requests.title')}</h1>
        <p className={styles.count}>{t('requests.count', { count: requests.length })}</p>
      </header>
      {shown ? (
        <div className={styles.columns}>
          <RequestList requests={requests} shown={shown.id} onChoose={setChosen} />
          <RequestCard key={shown.id} request={shown} />
        </div>
      ) : (
        <div className={styles.empty}>
          <UserPlus size={28} strokeWidth={1.75} aria-hidden="true" />
          <h2>{t('requests.none')}</h2>
          <p>{t('requests.noneText')}</p>
        </div>
      )}
    </main>
  );
}

interface RequestListProps {
  requests: readonly Request[];
  shown: string;
  onChoose: (id: string) => void;
}

/** One Tab stop; arrows move. */
function RequestList({ requests, shown, onChoose }: RequestListProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);

  function move(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step && requests[requests.findIndex((request) => request.id === shown) + step];
    if (!next) return;
    event.preventDefault();
    onChoose(next.id);
    list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.id)}"]`)?.focus();
  }

  return (
    <ul ref={list} className={styles.list} onKeyDown={move}>
      {requests.map((request) => (
        <li key={request.id}>
          <button
            type="button"
            className={styles.row}
            data-id={request.id}
            aria-current={request.id === shown}
            tabIndex={request.id === shown ? 0 : -1}
            onClick={() => onChoose(request.id)}
          >
            <Lid letter={initial(request.name)} color={request.color} />
            <span className={styles.who}>
              <b className={styles.name}>{request.name}</b>
              <span className={styles.when}>
                {request.inviteLabel || t('requests.byLink')}, {listTime(request.time)}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
