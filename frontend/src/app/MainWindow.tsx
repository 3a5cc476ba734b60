import { lazy, Suspense } from 'react';
import { Composer } from '@/features/composer';
import { ConversationHeader } from '@/features/conversation';
import { Conversations } from '@/features/conversations';
import { Details } from '@/features/details';
import { SearchField } from '@/features/search';
import { Timeline } from '@/features/timeline';
import { TrustNotice } from '@/features/verify/TrustNotice';
import { NoContacts, NoSelection } from '@/features/welcome';
import { errorText, useTranslation } from '@/i18n';
import { changeSettings, showToast, useConversation, useSession, useView, view } from '@/model';
import { classes, floatingQuery, narrowQuery, Spinner, useMedia } from '@/ui';
import styles from './App.module.css';
import { focusComposer, focusList, focusSearch } from './focus';
import { leaveSearch, rememberFocus, startSearch } from './leave';
import { ContactNotice, ProblemBar } from './ProblemBar';

const RequestsView = lazy(() => import('@/features/requests'));
const SearchView = lazy(() => import('@/features/search/SearchView'));

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
  const talking = place.kind === 'conversations' && conversation !== undefined;
  // The narrow list has no room for the field: then it stands above the results.
  const narrow = useMedia(narrowQuery);
  const field = <SearchField onEnter={rememberFocus} onDown={focusList} onLeave={leaveSearch} />;
  const details = talking && (floating ? floatingOpen : docked);

  return (
    <div className={classes(styles.window, details && !floating && styles.withDetails)}>
      {talking && (
        <button type="button" className={styles.skip} onClick={focusComposer}>
          {t('app.skip')}
        </button>
      )}
      <Conversations field={narrow ? undefined : field} onSearch={() => startSearch('')} onUp={focusSearch} />
      <main className={styles.main} data-pane="main">
        {requests || searching ? (
          <Suspense
            fallback={
              <div className={styles.middle}>
                <Spinner />
              </div>
            }
          >
            {requests ? <RequestsView /> : <SearchView field={narrow ? field : undefined} />}
          </Suspense>
        ) : conversation ? (
          <>
            <ConversationHeader conversation={conversation} detailsOpen={details} onDetails={toggleDetails} />
            <ProblemBar under />
            <ContactNotice conversation={conversation} />
            <TrustNotice conversation={conversation} className={classes(styles.problem, styles.under)} />
            <Timeline conversation={conversation} />
            <Composer key={conversation.id} conversation={conversation} />
          </>
        ) : (
          <>
            <ProblemBar />
            {any ? <NoSelection onSearch={focusSearch} /> : <NoContacts />}
          </>
        )}
      </main>
      {details && <Details conversation={conversation} onClose={toggleDetails} />}
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
