import { Ban as BanIcon, Search, Shield, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { type Ban, backend } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { useSession } from '@/model';
import { Button, Card, Hidden, Note, Segmented } from '@/ui';
import { BanForm } from './BanForm';
import styles from './Bans.module.css';
import { BanSkeleton, BanTable } from './BanTable';
import { type BanFilter, filteredBans } from './bans';
import { PageHead } from './Parts';

/** The ban list; it is asked again whenever it changed. */
export function BansPage() {
  const { t } = useTranslation();
  const version = useSession((state) => state.bansVersion);
  const field = useRef<HTMLInputElement>(null);
  const [turn, setTurn] = useState(0);
  const [bans, setBans] = useState<readonly Ban[]>();
  const [failure, setFailure] = useState<unknown>();
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<BanFilter>('all');

  useEffect(() => {
    let gone = false;
    backend()
      .bans()
      .then(
        (list) => {
          if (gone) return;
          setBans(list);
          setFailure(undefined);
        },
        (reason: unknown) => {
          if (!gone) setFailure(reason);
        },
      );
    return () => {
      gone = true;
    };
  }, [version, turn]);

  const all = bans ?? [];
  const shown = filteredBans(all, filter, search);
  const blocked = all.reduce((sum, ban) => sum + ban.blocked, 0);
  const nothing = bans !== undefined && shown.length === 0;
  const narrowed = search.trim() !== '' || filter !== 'all';

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
            placeholder={
              all.length > 0 ? t('settings.searchBans', { count: all.length }) : t('settings.searchBansLabel')
            }
            value={search}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setSearch(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || search === '' || event.nativeEvent.isComposing) return;
              event.stopPropagation();
              setSearch('');
            }}
          />
          {search && (
            <button
              type="button"
              className={styles.clear}
              aria-label={t('settings.clearSearch')}
              onClick={() => setSearch('')}
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
          ]}
          value={filter}
          onChange={setFilter}
        />
        <Hidden live>{narrowed ? t('settings.found', { count: shown.length }) : ''}</Hidden>
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
      {bans === undefined ? (
        failure === undefined && <BanSkeleton />
      ) : shown.length > 0 ? (
        <BanTable bans={shown} />
      ) : (
        <Card className={styles.empty}>
          <BanIcon size={18} strokeWidth={1.75} aria-hidden="true" />
          <b>{narrowed ? t('settings.nothingFound') : t('settings.noBans')}</b>
          {narrowed ? (
            <Button
              size="small"
              onPress={() => {
                setSearch('');
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
          {t('settings.blocked', { count: blocked, formatted: number(blocked) })}
        </p>
        <ul className={styles.facts}>
          <li>{t('settings.addressRelay')}</li>
          <li>{t('settings.addressRouter')}</li>
          <li>{t('settings.ownRefused')}</li>
        </ul>
      </div>
    </>
  );
}
