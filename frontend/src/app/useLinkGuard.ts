import { useEffect } from 'react';
import { askLink, flushDrafts } from '@/model';
import { takeDropped } from './dropped';

/**
 * Whatever page the window showed could make every call: so nothing may lead away from this one. Links that no part of the
 * interface handled ask first and open outside; what is dropped on the window is not opened, but an invite in it is shown; forms do not submit.
 */
export function useLinkGuard(): void {
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (!(link instanceof HTMLAnchorElement)) return;
      if (!event.defaultPrevented && /^https?:$/.test(link.protocol)) askLink(link.href);
      event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      takeDropped(event.dataTransfer);
    };
    const refuse = (event: Event) => event.preventDefault();
    const leave = () => flushDrafts();
    window.addEventListener('click', onClick);
    window.addEventListener('auxclick', onClick);
    window.addEventListener('dragover', refuse);
    window.addEventListener('drop', onDrop);
    window.addEventListener('submit', refuse);
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('click', onClick);
      window.removeEventListener('auxclick', onClick);
      window.removeEventListener('dragover', refuse);
      window.removeEventListener('drop', onDrop);
      window.removeEventListener('submit', refuse);
      window.removeEventListener('pagehide', leave);
    };
  }, []);
}
