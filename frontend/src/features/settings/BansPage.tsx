import { Ban as BanIcon, Search, Shield, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { type BanFilter, type BanPage, backend } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { useSession } from '@/model';
import { Button, Card, Hidden, Note, Segmented } from '@/ui';
import { BanForm } from './BanForm';
import { BanLists } from './BanLists';
import styles from './Bans.module.css';
import { BanSkeleton, BanTable } from './BanTable';
import { type BanOrder, nextOrder, pageSize } from './bans';
import { PageHead } from './Parts';
import { useRested } from './useRested';

/** How long a search rests before the list is asked, in milliseconds. */
const rest = 150;

/** The ban list, a page of it at a time; it is asked again whenever it changed. */
export function BansPage() {
  const { t } = useTranslation();
  const version = useSession((state) => state.bansVersion);
  const field = useRef<HTMLInputElement>(null);
  const [turn, setTurn] = useState(0);
  const [page, setPage] = useState<BanPage>();
  const [failure, setFailure] = useState<unknown>();
  const [written, setWritten] = useState('');
  const [filter, setFilter] = useState<BanFilter>('all');
  const [order, setOrder] = useState<BanOrder>({ column: 'added', descending: true });
  const [offset, setOffset] = useState(0);
  const rested = useRested(written, rest);
  const search = written === '' ? '' : rested;

  useEffect(() => {
    let gone = false;
    backend()
      .bansPage({ search, filter, ...order, offset, limit: pageSize })
      .then(
        (found) => {
          if (gone) return;
          setPage(found);
          setFailure(undefined);
        },
        (reason: unknown) => {
          if (!gone) setFailure(reason);
        },
      );
    return () => {
      gone = true;
    };
  }, [version, turn, search, filter, order, offset]);

  const all = page?.all ?? 0;
  const nothing = page !== undefined && page.found === 0;
  const narrowed = search.trim() !== '' || filter !== 'all';
  const at = page?.offset ?? 0;

  function find(text: string): void {
    setWritten(text);
    setOffset(0);
  }

  // Where the last row was removed by keyboard, the focus goes on from here.
  useEffect(() => {
    if (!nothing) return;
    const timer = setTimeout(() => {
      if (document.activeElement === document.body) field.current?.focus();
    }, 50);
    return () => clearTimeout(timer);
  }, [nothing]);

  return (
    <>
      <PageHead title={t('settings.page.bans')}>{t('settings.bansText')}</PageHead>
      <div className={styles.bar}>
        <div className={styles.search} role="search">
          <Search size={16} strokeWidth={1.75} aria-hidden="true" />
          <input
            ref={field}
            className={styles.searchInput}
            type="text"
            aria-label={t('settings.searchBansLabel')}
            placeholder={all > 0 ? t('settings.searchBans', { count: all }) : t('settings.searchBansLabel')}
            value={written}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => find(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || written === '' || event.nativeEvent.isComposing) return;
              event.stopPropagation();
              find('');
            }}
          />
          {written && (
            <button
              type="button"
              className={styles.clear}
              aria-label={t('settings.clearSearch')}
              onClick={() => find('')}
            >
              <X size={16} strokeWidth={1.75} aria-hidden="true" />
            </button>
          )}
        </div>
        <Segmented
          label={t('settings.show')}
          options={[
            { value: 'all', label: t('settings.filter.all') },
            { value: 'people', label: t('settings.filter.people') },
            { value: 'addresses', label: t('settings.filter.addresses') },
            { value: 'domains', label: t('settings.filter.domains') },
          ]}
          value={filter}
          onChange={(chosen) => {
            setFilter(chosen);
            setOffset(0);
          }}
        />
        <BanLists count={all} />
        <Hidden live>{narrowed && page ? t('settings.found', { count: page.found }) : ''}</Hidden>
      </div>
      <BanForm />
      {failure !== undefined && (
        <Note
          kind="bad"
          role="alert"
          action={
            <Button size="small" onPress={() => setTurn((held) => held + 1)}>
              {t('app.retry')}
            </Button>
          }
        >
          {errorText(failure)}
        </Note>
      )}
      {page === undefined ? (
        failure === undefined && <BanSkeleton />
      ) : page.found > 0 ? (
        <>
          <BanTable
            bans={page.bans}
            order={order}
            onSort={(column) => {
              setOrder(nextOrder(order, column));
              setOffset(0);
            }}
          />
          {page.found > pageSize && (
            <nav className={styles.pages} aria-label={t('settings.page.bans')}>
              {at > 0 && (
                <Button size="small" onPress={() => setOffset(at - pageSize)}>
                  {t('bans.previous')}
                </Button>
              )}
              <span role="status">
                {t('bans.page', {
                  from: number(at + 1),
                  to: number(at + page.bans.length),
                  all: number(page.found),
                })}
              </span>
              {at + page.bans.length < page.found && (
                <Button size="small" onPress={() => setOffset(at + pageSize)}>
                  {t('bans.next')}
                </Button>
              )}
            </nav>
          )}
        </>
      ) : (
        <Card className={styles.empty}>
          <BanIcon size={18} strokeWidth={1.75} aria-hidden="true" />
          <b>{narrowed ? t('settings.nothingFound') : t('settings.noBans')}</b>
          {narrowed ? (
            <Button
              size="small"
              onPress={() => {
                find('');
                setFilter('all');
              }}
            >
              {t('settings.showAll')}
            </Button>
          ) : (
            <p className={styles.emptyText}>{t('settings.noBansText')}</p>
          )}
        </Card>
      )}
      <div className={styles.foot}>
        <p className={styles.count}>
          <Shield size={16} strokeWidth={1.75} aria-hidden="true" />
          {t('settings.blocked', { count: page?.blocked ?? 0, formatted: number(page?.blocked ?? 0) })}
        </p>
        <p>{t('settings.ownRefused')}</p>
      </div>
    </>
  );
}
