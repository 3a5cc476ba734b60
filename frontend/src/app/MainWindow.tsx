import { Suspense, useEffect } from 'react';
import { Conversations } from '@/features/conversations';
import { SearchField } from '@/features/search';
import { NoContacts, NoSelection } from '@/features/welcome';
import { errorText, useTranslation } from '@/i18n';
import { changeSettings, showToast, useConversation, useSession, useView, view } from '@/model';
import { classes, floatingQuery, late, narrowQuery, useMedia } from '@/ui';
import styles from './App.module.css';
import { bring, part } from './bring';
import { Coming } from './Coming';
import { focusComposer, focusComposerSoon, focusList, focusSearch } from './focus';
import { leaveNetwork, leaveSearch, rememberFocus, startNetwork, startSearch } from './leave';
import { ProblemBar } from './ProblemBar';
import { openSwitcher } from './switching';

const talk = late(() => import('./Talk'));
const NetworkView = part(() => import('@/features/network'));
const RequestsView = part(() => import('@/features/requests'));
const SearchView = part(() => import('@/features/search/SearchView'));

/**
 * Brings what an open conversation needs as soon as somebody is about to open one: with the first key, or when the pointer
 * comes to the list. A window that only waits for messages does without.
 */
function useTalk(wanted: boolean) {
  useEffect(() => {
    const enough = new AbortController();
    const load = () => {
      enough.abort();
      // Who opens a conversation then asks for it again.
      talk.load().catch(() => undefined);
    };
    const look = ({ target }: Event) => {
      if (target instanceof Element && target.closest('[data-pane="list"]')) load();
    };
    window.addEventListener('keydown', load, { signal: enough.signal });
    window.addEventListener('pointerover', look, { signal: enough.signal });
    return () => enough.abort();
  }, []);
  useEffect(() => {
    if (wanted) void bring(talk.load);
  }, [wanted]);
  return talk.useLoaded();
}

/** The list, the conversation and its details. */
export function MainWindow() {
  const { t } = useTranslation();
  const place = useView((state) => state.place);
  const id = useView((state) => state.conversation);
  const conversation = useConversation(id);
  const any = useSession((state) => Object.keys(state.conversations).length > 0);
  const docked = useSession((state) => state.settings.details);
  const floating = useMedia(floatingQuery);
  const floatingOpen = useView((state) => state.detailsFloating);
  const requests = place.kind === 'requests';
  const searching = place.kind === 'search';
  const networking = place.kind === 'network';
  const loaded = useTalk(conversation !== undefined);
  const talking = place.kind === 'conversations' && conversation !== undefined;
  // The narrow list has no room for the field: then it stands above the results.
  const narrow = useMedia(narrowQuery);
  const field = <SearchField onEnter={rememberFocus} onDown={focusList} onLeave={leaveSearch} />;
  const details = talking && loaded !== undefined && (floating ? floatingOpen : docked);

  return (
    <div className={classes(styles.window, details && !floating && styles.withDetails)}>
      {talking && (
        <button type="button" className={styles.skip} data-skip="" onClick={focusComposer}>
          {t('app.skip')}
        </button>
      )}
      <Conversations
        field={narrow ? undefined : field}
        onSearch={() => startSearch('')}
        onUp={focusSearch}
        onNetwork={startNetwork}
      />
      <main className={styles.main} data-pane="main">
        {requests || searching || networking ? (
          <Suspense fallback={<Coming />}>
            {requests ? (
              <RequestsView />
            ) : networking ? (
              <NetworkView onOpened={focusComposerSoon} onLeave={leaveNetwork} />
            ) : (
              <SearchView field={narrow ? field : undefined} />
            )}
          </Suspense>
        ) : conversation && loaded ? (
          <loaded.Talk conversation={conversation} detailsOpen={details} onDetails={toggleDetails} />
        ) : conversation ? (
          <Coming still />
        ) : (
          <>
            <ProblemBar />
            {any ? <NoSelection onSearch={openSwitcher} /> : <NoContacts />}
          </>
        )}
      </main>
      {details && <loaded.Details conversation={conversation} onClose={toggleDetails} />}
    </div>
  );
}

/** Opens or closes the details: beside the conversation as a setting, above it as long as it is open. */
export function toggleDetails(): void {
  if (window.matchMedia(floatingQuery).matches) {
    view.setState((state) => ({ detailsFloating: !state.detailsFloating }));
    return;
  }
  changeSettings((settings) => ({ details: !settings.details })).catch((reason: unknown) =>
    showToast(errorText(reason)),
  );
}
