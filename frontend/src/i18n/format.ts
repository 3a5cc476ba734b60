import { i18n } from './translate';

// Times in English are written as in the drawings: 24 hours, day before month.
function locale(): string {
  return i18n.language === 'zh-CN' ? 'zh-CN' : 'en-GB';
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${name}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale(), options);
    formatters.set(key, found);
  }
  return found;
}

/** Whole days from one local day to another. */
function daysBetween(earlier: Date, later: Date): number {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day(later) - day(earlier)) / 86_400_000);
}

/** "10:42" */
export function clockTime(time: string): string {
  return formatter('clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(time));
}

/** "10:42:07" */
export function secondTime(time: string): string {
  return formatter('seconds', { timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(time));
}

/** "3 March", with the year when it is another one. */
export function dateOf(time: string, now = new Date()): string {
  const date = new Date(time);
  return date.getFullYear() === now.getFullYear()
    ? formatter('date', { day: 'numeric', month: 'long' }).format(date)
    : formatter('date-year', { day: 'numeric', month: 'long', year: 'numeric' }).format(date);
}

/** The time in a row of the list: "10:42" today, "Wed" within a week, then "12 Nov". */
export function listTime(time: string, now = new Date()): string {
  const date = new Date(time);
  const days = daysBetween(date, now);
  if (days <= 0) return clockTime(time);
  if (days < 7) return formatter('weekday', { weekday: 'short' }).format(date);
  return date.getFullYear() === now.getFullYear()
    ? formatter('short', { day: 'numeric', month: 'short' }).format(date)
    : formatter('short-year', { day: 'numeric', month: 'short', year: 'numeric' }).format(date);
}

/** The time of something that was found: as in the list, with "Yesterday". */
export function foundTime(time: string, now = new Date()): string {
  return daysBetween(new Date(time), now) === 1 ? i18n.t('timeline.yesterday') : listTime(time, now);
}

/** The words of a day separator: "Today", "Yesterday", "Wednesday", "12 November". */
export function dayLabel(time: string, now = new Date()): string {
  const date = new Date(time);
  const days = daysBetween(date, now);
  if (days <= 0) return i18n.t('timeline.today');
  if (days === 1) return i18n.t('timeline.yesterday');
  if (days < 7) return formatter('weekday-long', { weekday: 'long' }).format(date);
  return dateOf(time, now);
}

/** "3 March at 10:42", before or after now, or the time alone today. */
export function dateAndTime(time: string, now = new Date()): string {
  if (daysBetween(new Date(time), now) === 0) return clockTime(time);
  return i18n.t('app.dateAndTime', { date: dateOf(time, now), time: clockTime(time) });
}

/** "10:42" where it stands under the day of `beside`, "3 March at 10:42" otherwise. */
export function timeBeside(time: string, beside: string, now = new Date()): string {
  if (daysBetween(new Date(beside), new Date(time)) === 0) return clockTime(time);
  return i18n.t('app.dateAndTime', { date: dateOf(time, now), time: clockTime(time) });
}

/** "12 minutes ago" within a day, or "12 min ago" where there is little room; "3 March at 10:42" after it. */
export function timeAgo(time: string, style: 'long' | 'short' = 'long', now = new Date()): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / 60_000));
  if (minutes >= 24 * 60) return style === 'short' ? listTime(time, now) : dateAndTime(time, now);
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style });
  if (minutes === 0) return words.format(0, 'second');
  return minutes < 60 ? words.format(-minutes, 'minute') : words.format(-Math.floor(minutes / 60), 'hour');
}

const units = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** "8 hours", or "8h" where there is little room; in the largest unit that it is a whole number of. */
export function duration(seconds: number, style: 'long' | 'narrow' = 'long'): string {
  const [unit, length] = units.find(([, each]) => seconds >= each && seconds % each === 0) ?? (['second', 1] as const);
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: style }).format(seconds / length);
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A size on a disk: "3.4 GB", in thousands. */
export function fileSize(bytes: number): string {
  let step = 0;
  let value = bytes;
  while (value >= 999.5 && step < sizes.length - 1) {
    value /= 1000;
    step++;
  }
  const digits = step > 0 && value < 9.95 ? 1 : 0;
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: sizes[step] ?? 'byte',
    // The short form of bytes is one word whatever their number.
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

/** What stands between two sentences: nothing in Chinese. */
export const gap = (): string => (locale().startsWith('zh') ? '' : ' ');

/** "Ana, Jonas and Ole" */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names);
}

/** A safety number in groups of five digits, however it came. */
export function digitGroups(text: string): string[] {
  return text.replace(/\D/g, '').match(/\d{1,5}/g) ?? [];
}
