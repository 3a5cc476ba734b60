// Numbers and times in the chosen language. English is written as in the drawings: 24 hours, day before month.
import { language, t } from './words.js';

const locale = () => (language() === 'zh' ? 'zh-CN' : 'en-GB');

/** "1,284" */
export const whole = (value) => new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value);

/** A number for words that have a form of their own for one. */
export const many = (value) => (value === 1 ? 1 : whole(value));

/** "38.2", "412": one digit after the point below 100. */
export const rate = (value) =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: value < 100 ? 1 : 0 }).format(value);

function scaled(value, units) {
  let at = 0;
  let rest = value;
  while (rest >= 999.5 && at < units.length - 1) {
    rest /= 1000;
    at += 1;
  }
  return [
    new Intl.NumberFormat(locale(), { maximumFractionDigits: rest < 10 && at > 0 ? 1 : 0 }).format(rest),
    units[at],
  ];
}

/** ["212", "MB"]; a MB is 1,000,000 bytes. */
export const size = (bytes) => scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB']);

/** ["84", "Mbit/s"] */
export const bits = (bytes) => scaled(bytes * 8, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s']);

/** "212 MB" */
export const sizeText = (bytes) => size(bytes).join(' ');

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** "41 days" */
export function duration(milliseconds) {
  const [unit, length] = units.find(([, most]) => milliseconds >= most) ?? units[3];
  const value = Math.max(0, Math.floor(milliseconds / length));
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** "14 d", "6 h" */
export function shortDuration(milliseconds) {
  const [unit, length] = units.find(([, most]) => milliseconds >= most) ?? units[3];
  return t(`short.${unit}`, { n: Math.floor(milliseconds / length) });
}

const sameDay = (a, b) => a.toDateString() === b.toDateString();

/** "20:40" */
export const clock = (milliseconds) =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(milliseconds);

/** "20:40" today, "12 Nov, 20:40" on other days, with the year when it is another one. */
export function moment(milliseconds, now = Date.now()) {
  const date = new Date(milliseconds);
  const today = new Date(now);
  if (sameDay(date, today)) return clock(milliseconds);
  const year = date.getFullYear() === today.getFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    year,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(date);
}

/** "12 Nov" */
export const day = (milliseconds) =>
  new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' }).format(milliseconds);
