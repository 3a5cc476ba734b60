import { type Backend, type Changes, type State, toBackendError } from '@/backend';
import { applyChanges, applyState } from './apply';
import { attention, conversationOnScreen, tellAttentionAgain } from './attention';
import { jumpTo } from './jump';
import { followProgress, forgetEverything } from './lock';
import { type Run, runsOf } from './merge';
import { paced } from './pace';
import { askNow, followFound } from './search';
import { followSelection } from './selection';
import { emptySession, type Session, session } from './session';
import { toldSettings } from './settings';
import { forgetLeaving, steadyRows } from './steady';
import { applyMessages, clearTimelines, forgetTimelines, openTimeline, removeMessages } from './timelines';
import { showAddContact, showConversation, showRequests, view } from './view';
import { followAims } from './writing';

/** Shows a conversation, and in it a message if it is still there. */
function openAt(conversation: string, message: string | undefined): void {
  const show = () => showConversation(conversation);
  if (message) jumpTo(conversation, message).catch(show);
  else show();
}

/**
 * Keeps the stores current: asks Start, then applies every Changes in sequence. What was missed (a gap, a stream that was
 * cut, a window that slept) is asked for with Since; when that is too far behind, Start begins again.
 */
export function synchronise(backend: Backend): () => void {
  let stopped = false;
  let recovering: Promise<void> | undefined;
  /** Changes that came before Start answered, or behind a gap. */
  let early: Run[] = [];

  function apply(changes: Changes): void {
    const conversations = steadyRows(changes.conversations ?? []);
    const settings = changes.settings && { settings: toldSettings(changes.settings) };
    session.setState(applyChanges(session.getState(), { ...changes, conversations, ...settings }));
    clearTimelines(changes.clearedConversations ?? []);
    applyMessages(changes.messages ?? [], attention.getState().focused ? '' : conversationOnScreen());
    followFound(changes);
    removeMessages(changes.removedMessages ?? []);
    followAims(changes.messages ?? [], changes.removedMessages ?? []);
    followSelection(changes.messages ?? [], changes.removedMessages ?? []);
    const open = view.getState().conversation;
    if (open && changes.removedConversations?.includes(open)) view.setState({ conversation: '' });
    if (changes.openRequests) showRequests();
    if (changes.openConversation) openAt(changes.openConversation, changes.openMessage);
    if (changes.pasteInvite) showAddContact('paste', changes.pasteInvite);
  }

  /** What comes faster than it can be shown is collected, and applied as one where nothing is lost by it. */
  const pace = paced<Changes>((all) => {
    for (const run of runsOf(all)) receive(run);
  });

  function come(changes: Changes): void {
    if (stopped) return;
    if (changes.progress) followProgress(changes.progress);
    if (changes.locked) {
      pace.stop();
      early = [];
      forgetEverything();
      return;
    }
    pace.add(changes);
  }

  function receive(run: Run): void {
    if (stopped) return;
    const { first, changes } = run;
    const { status, sequence } = session.getState();
    if (status === 'locked') {
      if (changes.reset) void recover();
      return;
    }
    if (status !== 'ready' || recovering) {
      early.push(run);
      return;
    }
    if (changes.sequence <= sequence) return;
    if (changes.reset || first > sequence + 1) {
      early.push(run);
      void recover();
      return;
    }
    apply(changes);
  }

  /** Applies what waited, as far as it follows without a gap. */
  function drain(): void {
    const waiting = early.sort((a, b) => a.first - b.first);
    early = [];
    for (const run of waiting) receive(run);
  }

  async function begin(): Promise<void> {
    const before = session.getState();
    const state = await backend.start();
    if (stopped) return;
    forgetTimelines();
    forgetLeaving();
    askNow();
    session.setState(applyState(session.getState(), { ...state, settings: toldSettings(state.settings) }));
    if (before.status === 'ready') {
      // The rows are on screen, and nobody else says so to what answers now.
      backend.painted().catch(() => undefined);
      goOnElsewhere(before.conversations);
      tellAttentionAgain();
    }
    const open = conversationOnScreen();
    if (open && session.getState().conversations[open]) void openTimeline(open);
    else if (open) view.setState({ conversation: '' });
  }

  async function catchUp(): Promise<void> {
    const held = session.getState();
    if (held.status !== 'ready') return begin();
    const changes = await backend.since(held.sequence);
    if (stopped) return;
    if (changes.reset) return begin();
    if (changes.sequence > session.getState().sequence) apply(changes);
  }

  function recover(): Promise<void> {
    recovering ??= catchUp()
      .catch((reason: unknown) => {
        // The next change or the next look at the window tries again.
        const failure = toBackendError(reason);
        if (failure.code === 'locked') forgetEverything();
        else if (session.getState().status !== 'ready') session.setState({ status: 'failed', failure });
        else early = [];
      })
      .finally(() => {
        recovering = undefined;
        if (!stopped && session.getState().status === 'ready') drain();
      });
    return recovering;
  }

  const onVisible = () => {
    if (document.visibilityState === 'visible') void recover();
  };

  const endChanges = backend.onChanges(come);
  const endLost = backend.onLost(() => session.setState({ lost: true }));
  const endReconnected = backend.onReconnected(() => {
    session.setState({ lost: false });
    void recover();
  });
  document.addEventListener('visibilitychange', onVisible);
  void recover();

  return () => {
    stopped = true;
    pace.stop();
    endChanges();
    endLost();
    endReconnected();
    document.removeEventListener('visibilitychange', onVisible);
  };
}

/** What is open goes on in another conversation when my key changed just now. */
function goOnElsewhere(before: Session['conversations']): void {
  const open = view.getState().conversation;
  const row = session.getState().conversations[open];
  if (row?.former && row.next && before[open] && !before[open].former) view.setState({ conversation: row.next });
}

/** Begins again after Start was refused. */
export function resetSession(): void {
  session.setState(emptySession, true);
}

/** Takes over the State that CreateProfile answered with. */
export function startedWith(state: State): void {
  session.setState(applyState(session.getState(), state));
}
