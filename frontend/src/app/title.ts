import { session } from '@/model';

const name = 'Tincan';

/** What the title says: how many messages and requests wait, of conversations that are not muted. */
export function titleFor({
  conversations,
  requests,
}: Pick<ReturnType<typeof session.getState>, 'conversations' | 'requests'>): string {
  const unread = Object.values(conversations).reduce((sum, one) => sum + (one.quiet ? 0 : one.unread), 0);
  const count = unread + Object.keys(requests).length;
  return count > 0 ? `(${count}) ${name}` : name;
}

/** Keeps the page's title current; a browser shows it on its tab. */
export function watchTitle(): () => void {
  let held = session.getState();
  const put = () => {
    const title = titleFor(held);
    if (document.title !== title) document.title = title;
  };
  put();
  return session.subscribe((state) => {
    const same = state.conversations === held.conversations && state.requests === held.requests;
    held = state;
    if (!same) put();
  });
}
