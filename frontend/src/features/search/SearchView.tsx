import { CircleAlert, Hourglass, Search, SearchX } from 'lucide-react';
import { type ReactNode, useEffect, useMemo } from 'react';
import { errorText, useTranslation } from '@/i18n';
import {
  askNow,
  presentConversations,
  setSearchScope,
  setSearchText,
  shortName,
  useConversation,
  useSearch,
  useSession,
  useView,
} from '@/model';
import { Button, classes, Hidden, marked, Note, PressButton, Segmented } from '@/ui';
import { optionsOf } from './options';
import { Results } from './Results';
import styles from './Search.module.css';
import { Waiting } from './Waiting';

/** What was found, in the place of the conversation. `field` stands in its head where the list has no room for it. */
export default function SearchView({ field }: { field?: ReactNode }) {
  const { t } = useTranslation();
  const conversations = useSession((state) => state.conversations);
  const found = useSearch((state) => state);
  const open = useConversation(useView((state) => state.conversation));
  // What is shown answers one question, people and messages alike: until the next answer is here, the one before.
  const { text, scope: asked } =
    found.asking && found.answered ? found.answered : { text: found.text.trim(), scope: found.scope };
  const rows = useMemo(() => presentConversations(conversations), [conversations]);
  const options = useMemo(
    () => optionsOf(conversations, rows, { text, scope: asked, hits: found.hits }),
    [conversations, rows, text, asked, found.hits],
  );
  const count = options.people.length + options.more + options.hits.length;
  const scope = found.scope !== '' || open ? found.scope || open?.id : undefined;
  const within = useConversation(scope ?? '');
  const settled = text !== '' && !found.asking && found.failure === undefined;

  const counted =
    found.before === '' ? t('search.results', { count }) : t('search.resultsMore', { count: options.hits.length });
  const said = (
    <span className={styles.count} role="status">
      {settled && (count > 0 ? counted : <Hidden>{counted}</Hidden>)}
    </span>
  );

  // Whoever comes back from a result goes on in the field.
  useEffect(() => {
    const field = searchField();
    if (!field?.closest('[role="search"]')?.contains(document.activeElement)) field?.focus();
  }, []);

  return (
    <section className={styles.place} aria-label={t('search.title')} data-place="search">
      <header className={styles.head}>
        <div className={classes(styles.line, Boolean(field) && styles.unseen)}>
          <h1 className={styles.title}>{text === '' ? t('search.title') : t('search.quoted', { text })}</h1>
          {!field && said}
        </div>
        {field}
        {(within || field) && (
          <div className={styles.line}>
            {within && (
              <Segmented
                label={t('search.where')}
                options={[
                  { value: '', label: t('search.everywhere') },
                  { value: within.id, label: t('search.within', { name: shortName(within.name) }) },
                ]}
                value={found.scope}
                onChange={setSearchScope}
              />
            )}
            {field && said}
          </div>
        )}
      </header>
      {found.waiting > 0 && (
        <Note
          kind="plain"
          role="status"
          icon={<Hourglass size={18} strokeWidth={1.75} aria-hidden="true" />}
          className={styles.note ?? ''}
        >
          {t('search.waiting', { count: found.waiting })}
        </Note>
      )}
      {found.gone && (
        <Note
          kind="warn"
          role="alert"
          icon={<SearchX size={18} strokeWidth={1.75} aria-hidden="true" />}
          className={styles.note ?? ''}
        >
          {t('search.gone')}
        </Note>
      )}
      {found.failure && (
        <Note
          kind="bad"
          role="alert"
          icon={<CircleAlert size={18} strokeWidth={1.75} aria-hidden="true" />}
          className={styles.note ?? ''}
          action={
            <Button size="small" onPress={askNow}>
              {t('app.retry')}
            </Button>
          }
        >
          {errorText(found.failure)}
        </Note>
      )}
      {text === '' ? (
        <Quiet icon={<Search size={22} strokeWidth={1.75} aria-hidden="true" />} title={t('search.hint')}>
          {t('search.hintText')}
        </Quiet>
      ) : count > 0 ? (
        <Results options={options} />
      ) : found.asking && !found.answered ? (
        <Waiting />
      ) : (
        !found.failure && (
          <Quiet
            icon={<SearchX size={22} strokeWidth={1.75} aria-hidden="true" />}
            title={found.waiting > 0 ? t('search.nothingYet', { text }) : t('search.nothing', { text })}
            action={
              found.scope !== '' && (
                <Button size="small" onPress={() => setSearchScope('')}>
                  {t('search.searchEverywhere')}
                </Button>
              )
            }
          >
            {found.meant !== '' &&
              marked(
                t('app.didYouMean'),
                '<other>',
                <PressButton className={styles.meant} onPress={() => takeInstead(found.meant)}>
                  {found.meant}
                </PressButton>,
              )}{' '}
            {found.scope !== '' && within ? t('search.nothingWithin', { name: within.name }) : t('search.nothingText')}
          </Quiet>
        )
      )}
    </section>
  );
}

const searchField = () => document.querySelector<HTMLElement>('[data-search]');

/** Looks for another word; the button that offered it goes, so the field takes its focus. */
function takeInstead(text: string): void {
  setSearchText(text);
  askNow();
  searchField()?.focus();
}

function Quiet({
  icon,
  title,
  children,
  action,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.quiet}>
      {icon}
      <h2>{title}</h2>
      <p className={styles.words}>{children}</p>
      {action}
    </div>
  );
}
