import { useSyncExternalStore } from 'react';

/** Under this width the list shows lids only. */
export const narrowQuery = '(max-width: 859px)';
/** Under this width the details float above the conversation. */
export const floatingQuery = '(max-width: 1079px)';

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}
