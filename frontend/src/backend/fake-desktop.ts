import type { DesktopState, Notifications } from './types';

/** What a new install chose. */
export const plainNotifications: Notifications = {
  about: 'everything',
  show: 'text',
  sound: false,
  count: true,
  quiet: false,
  quietFrom: 22 * 60 + 30,
  quietTo: 7 * 60,
};

/** A desktop that can do everything. */
export const wholeDesktop: DesktopState = {
  window: true,
  notifications: true,
  tray: true,
  login: true,
  startsAtLogin: false,
};
