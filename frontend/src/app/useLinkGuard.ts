import { useEffect } from 'react';
import { askLink, flushDrafts } from '@/model';

/**
 * Whatever page the window showed could make every call: so nothing may lead away from this one. Links that no part of the
 * interface handled ask first and open outside; files dropped on the window are not opened; forms do not submit.
 */
export function useLinkGuard(): void {
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (!(link instanceof HTMLAnchorElement)) return;
      if (!event.defaultPrevented && /^https?:$/.test(link.protocol)) askLink(link.href);
      event.preventDefault();
    };
    const refuse = (event: Event) => event.preventDefault();
    const leave = () => flushDrafts();
    window.addEventListener('click', onClick);
    window.addEventListener('auxclick', onClick);
    window.addEventListener('dragover', refuse);
    window.addEventListener('drop', refuse);
    window.addEventListener('submit', refuse);
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('click', onClick);
      window.removeEventListener('auxclick', onClick);
      window.removeEventListener('dragover', refuse);
      window.removeEventListener('drop', refuse);
      window.removeEventListener('submit', refuse);
      window.removeEventListener('pagehide', leave);
    };
  }, []);
}
