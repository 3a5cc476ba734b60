import { backend } from '@/backend';
import { conversationOnScreen } from './attention';
import { asTold } from './meanwhile';
import { pageSize } from './timeline';
import { type Anchor, landAt, type Origin, positionOf, showLatest, timelines } from './timelines';
import { showConversation, showSearch, view } from './view';

let turns = 0;

function here(): Origin | undefined {
  if (view.getState().place.kind === 'search') return { kind: 'search' };
  const conversation = conversationOnScreen();
  return conversation === '' ? undefined : { kind: 'timeline', conversation, anchor: positionOf(conversation) };
}

/** Shows a message at an anchor. Nothing moves when the page that has it cannot be read, or somebody asked for another one since. */
async function land(
  conversation: string,
  message: string,
  anchor: Anchor,
  found: string,
  back?: Origin,
): Promise<void> {
  turns += 1;
  const turn = turns;
  const held = timelines.getState().open[conversation]?.messages.some((one) => one.id === message);
  const page = held ? undefined : await asTold(backend().pageAround(conversation, message, pageSize));
  if (turn !== turns) return;
  landAt(conversation, page, anchor, found, back);
  showConversation(conversation);
}

/**
 * Goes to a message of a conversation: it stands in the middle, is marked for a moment and has the focus, and the timeline
 * offers the way back. Rejects with a BackendError (`no-message`: it is gone) and leaves the screen as it is.
 */
export function jumpTo(conversation: string, message: string): Promise<void> {
  return land(conversation, message, { kind: 'found', message }, message, here());
}

/** Goes back from the last jump in a conversation. False when there is nothing to go back from. */
export function jumpBack(conversation: string): boolean {
  const back = timelines.getState().open[conversation]?.back;
  if (!back) return false;
  turns += 1;
  if (back.kind === 'search') {
    showSearch();
    return true;
  }
  goBackTo(back);
  return true;
}

/** Shows a conversation where it was read before. */
export function goBackTo({ conversation, anchor }: { conversation: string; anchor: Anchor }): void {
  turns += 1;
  const end = () => {
    showConversation(conversation);
    void showLatest(conversation);
  };
  if (anchor.kind === 'end') end();
  else {
    // The place may be gone meanwhile: then the end is as good as any.
    land(conversation, anchor.message, anchor, '').catch(end);
  }
}
