/** Theme is the look of the window. */
export type Theme = 'system' | 'light' | 'dark';

/** Notifications are the choices about what is told outside of the window. */
export interface Notifications {
  about: 'everything' | 'nothing';
  /** who and what, who, or only that there is something */
  show: 'text' | 'name' | 'neither';
  sound: boolean;
  /** how much waits, on the app's icon */
  count: boolean;
  /** nothing is told from quietFrom to quietTo, in minutes after midnight here; over midnight if it is later */
  quiet: boolean;
  quietFrom: number;
  quietTo: number;
}

/** Settings are this install's choices. */
export interface Settings {
  theme: Theme;
  /** "system", "en" or "zh-CN" */
  language: string;
  /** 0.9, 1, 1.15 or 1.3 */
  textSize: number;
  /** density: 44 px rows instead of 56 */
  compact: boolean;
  /** "Introduce people on this network" */
  hosting: boolean;
  /** the first of the 100 UDP ports that direct lines use; absent: any */
  linePort?: number;
  /** What servers and relays are reached through: socks5://, http:// or https://, name:password@, host:port. */
  proxy?: string;
  /** the details panel is open */
  details: boolean;
  /** messages are shown with the marks that they were written with */
  asWritten?: boolean;
  /** nothing moves, also where the system does not ask for that */
  still?: boolean;
  /** this person's messages are on the side of everybody's */
  ownLeft?: boolean;
  /** words that the dictionaries do not know are marked */
  spelling?: boolean;
  /** the skin of emoji that have one, 1 (light) to 5 (dark); absent: the yellow one */
  emojiTone?: number;
  /** the emoji used last, the last first, with spaces between */
  recentEmoji?: string;
  /** After how many minutes without a key or the mouse the profile is locked; absent: never. */
  lockAfter?: number;
  notifications: Notifications;
  /** Closing the window hides it, where there is a tray to bring it back from. */
  tray: boolean;
}

/** What the desktop around the window can do; nothing where there is no window. */
export interface DesktopState {
  /** there is one, and not only a browser */
  window: boolean;
  /** something shows notifications */
  notifications: boolean;
  tray: boolean;
  /** Tincan can be started with the session */
  login: boolean;
  startsAtLogin: boolean;
}
