import { createStore } from 'zustand/vanilla';
import { type BackendError, backend, type Changes, type SearchHit, toBackendError } from '@/backend';
import { conversationOnScreen } from './attention';
import { withoutHits, withPage } from './hits';
import { goBackTo, jumpTo } from './jump';
import { type Anchor, positionOf, timelines } from './timelines';
import { showConversations, showSearch, view } from './view';

/** What is looked for in the history, and what was found. */
export interface Search {
  /** What stands in the field. */
  text: string;
  /** The conversation that is looked through, '' for all. */
  scope: string;
  /** What the hits below answer; undefined before the first answer. */
  answered: Question | undefined;
  /** Newest first. */
  hits: readonly SearchHit[];
  /** What to ask with for older ones, '' when there are none. */
  before: string;
  /** Messages that cannot be found yet: the index is being made. */
  waiting: number;
  /** What was meant, perhaps, where nothing was found; '' when that is not known. */
  meant: string;
  /** The field says something else than `answered`. */
  asking: boolean;
  /** Older hits are on their way. */
  loading: boolean;
  failure: BackendError | undefined;
  /** A hit that was opened was not there any more. */
  gone: boolean;
  /** The option that arrows reached, '' for none. */
  active: string;
}

export interface Question {
  text: string;
  scope: string;
}

export const emptySearch: Search = {
  text: '',
  scope: '',
  answered: undefined,
  hits: [],
  before: '',
  waiting: 0,
  meant: '',
  asking: false,
  loading: false,
  failure: undefined,
  gone: false,
  active: '',
};

export const search = createStore<Search>()(() => emptySearch);

/** How often an answer is asked for again while the index is being made, or while messages come, in milliseconds. */
export const searchAgain = 2000;
/** As many hits as are held; whoever looks for older ones writes another word. */
export const hitsMost = 1000;

let again: ReturnType<typeof setTimeout> | undefined;
/** Grows when all that runs is given up. */
let life = 0;
/** One question is asked at a time: what was typed meanwhile is asked when its answer is here. */
let running = false;
/** Where messages changed since the answer: the orders to ask again with. */
const stale = new Set<string>();
/** Where the search was begun, and whether a jump led away from there since. */
let origin: { conversation: string; anchor: Anchor; left: boolean } | undefined;
/** When they changed in more places than this, everything is asked anew. */
const staleMost = 4;

function questionNow(): Question {
  const { text, scope } = search.getState();
  return { text: text.trim(), scope };
}

function same(one: Question, other: Question | undefined): boolean {
  return one.text === other?.text && one.scope === other.scope;
}

/** Types into the field. While a word is being composed (an input method), nothing is asked yet. */
export function setSearchText(text: string, composing = false): void {
  search.setState({ text, active: '', gone: false });
  askTyped(composing);
}

/** Looks through one conversation, or with '' through all. */
export function setSearchScope(scope: string): void {
  search.setState({ scope, active: '', gone: false });
  askNow();
}

/** The index answers within a frame, mostly: there is no pause before it is asked. */
function askTyped(composing: boolean): void {
  const question = questionNow();
  if (question.text === '') {
    const { text, scope } = search.getState();
    search.setState({ ...emptySearch, text, scope });
    return;
  }
  if (composing) return;
  if (same(question, search.getState().answered)) {
    search.setState({ asking: false, failure: undefined });
    return;
  }
  askNow();
}

/** Asks what stands in the field. */
export function askNow(): void {
  if (questionNow().text === '') return;
  search.setState({ asking: true });
  void ask();
}

async function ask(): Promise<void> {
  if (running) return;
  running = true;
  const mine = life;
  const question = questionNow();
  try {
    const page = await backend().search(question.text, question.scope, '');
    if (mine !== life) return;
    if (same(question, questionNow())) {
      stale.clear();
      search.setState({
        ...{ answered: question, hits: page.hits, before: page.before, waiting: page.waiting, meant: page.meant },
        ...{ asking: false, loading: false, failure: undefined },
      });
      if (page.waiting > 0) refreshSoon('');
    }
  } catch (reason) {
    if (mine !== life) return;
    if (same(question, questionNow())) search.setState({ asking: false, failure: toBackendError(reason) });
  } finally {
    if (mine === life) running = false;
  }
  // Typed meanwhile.
  if (mine === life && search.getState().asking && !same(question, questionNow())) void ask();
}

/** The next older hits. */
export async function searchMore(): Promise<void> {
  const { answered, before, loading, asking, hits } = search.getState();
  if (!answered || before === '' || loading || asking || hits.length >= hitsMost) return;
  const mine = life;
  search.setState({ loading: true });
  try {
    const page = await backend().search(answered.text, answered.scope, before);
    const now = search.getState();
    if (mine !== life || now.answered !== answered) return;
    search.setState({ ...withPage(now, before, page), waiting: page.waiting, loading: false, failure: undefined });
  } catch (reason) {
    if (mine !== life || search.getState().answered !== answered) return;
    search.setState({ loading: false, failure: toBackendError(reason) });
  }
}

/** Asks again, soon, for the page of hits that begins before an order; '' is the newest. */
function refreshSoon(...from: string[]): void {
  for (const order of from) stale.add(order);
  again ??= setTimeout(() => void refresh(), searchAgain);
}

async function refresh(): Promise<void> {
  again = undefined;
  const { answered, asking } = search.getState();
  // What is typed is asked anyway; what nobody sees is asked when it is seen again.
  if (!answered || asking || view.getState().place.kind !== 'search') return;
  const places = [...stale];
  stale.clear();
  if (places.length > staleMost) {
    askNow();
    return;
  }
  const mine = life;
  for (const from of places) {
    try {
      const page = await backend().search(answered.text, answered.scope, from);
      const now = search.getState();
      if (mine !== life || now.answered !== answered) return;
      search.setState({ ...withPage(now, from, page), waiting: page.waiting });
      if (page.waiting > 0) refreshSoon('');
    } catch {
      // What is shown was true a moment ago; the next change, or the next word, asks again.
    }
  }
}

/** Messages came, changed or went: what is shown follows. */
export function followFound(changes: Changes): void {
  const { answered, hits } = search.getState();
  if (!answered) return;
  const gone = new Set(changes.removedMessages);
  for (const message of changes.messages ?? []) if (message.deleted) gone.add(message.id);
  const kept = withoutHits(
    hits,
    gone,
    new Set([...(changes.removedConversations ?? []), ...(changes.clearedConversations ?? [])]),
  );
  if (kept !== hits) search.setState({ hits: kept });
  for (const message of changes.messages ?? []) {
    if (message.deleted || (answered.scope !== '' && answered.scope !== message.conversation)) continue;
    const at = kept.findIndex((hit) => hit.id === message.id);
    if (at < 0 && (!kept[0] || message.order > kept[0].order)) refreshSoon('');
    else if (message.edited) refreshSoon(kept.findLast((hit) => hit.order > message.order)?.order ?? '');
  }
}

/** Opens a hit in its place. One that is gone leaves the list, and a sentence says so. */
export async function openHit(hit: SearchHit): Promise<void> {
  search.setState({ active: hit.id, gone: false });
  try {
    await jumpTo(hit.conversation, hit.id);
    if (origin) origin.left = true;
  } catch (reason) {
    const failure = toBackendError(reason);
    if (failure.code !== 'no-message' && failure.code !== 'no-conversation') {
      search.setState({ failure });
      return;
    }
    search.setState({ hits: withoutHits(search.getState().hits, new Set([hit.id])), active: '', gone: true });
  }
}

/** Shows the search: in one conversation, or with '' in all. What stood in the field stays. */
export function openSearch(scope: string): void {
  const conversation = conversationOnScreen();
  if (conversation !== '') origin ??= { conversation, anchor: positionOf(conversation), left: false };
  if (search.getState().scope !== scope) setSearchScope(scope);
  showSearch();
}

/** Closes the search, back to where one was, and forgets it. */
export function closeSearch(): void {
  const from = origin;
  forgetSearch();
  if (from?.left) goBackTo(from);
  else showConversations();
}

/** Gives up what runs and forgets what was found. */
export function forgetSearch(): void {
  life += 1;
  running = false;
  stale.clear();
  origin = undefined;
  clearTimeout(again);
  again = undefined;
  search.setState(emptySearch, true);
}

/** Forgets a search that was left; one that a jump came from is kept for the way back. */
export function followSearch(): () => void {
  return view.subscribe(() => {
    const { place, conversation } = view.getState();
    if (place.kind === 'search') {
      if (stale.size > 0) refreshSoon();
      return;
    }
    if (search.getState() === emptySearch && !origin) return;
    const back = place.kind === 'conversations' ? timelines.getState().open[conversation]?.back : undefined;
    if (back?.kind !== 'search') forgetSearch();
  });
}
