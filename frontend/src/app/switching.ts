import { errorText } from '@/i18n';
import { session, showSwitcher, showToast } from '@/model';
import { late } from '@/ui';

/** The switcher comes with the first press of Ctrl, so that it is there when K follows. */
export const switcher = late(() => import('@/features/switcher'));

export function prepareSwitcher(): void {
  // Who opens it then is told what failed.
  if (session.getState().status === 'ready') switcher.load().catch(() => undefined);
}

/** Shows the switcher: from the next key on, what is typed goes there. */
export function openSwitcher(): void {
  switcher.load().then(showSwitcher, (reason: unknown) => showToast(errorText(reason)));
}
