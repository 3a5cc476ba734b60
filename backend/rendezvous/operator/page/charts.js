// Small drawings in SVG. What they show stands in a table as well (historyTable).
import { number } from './api.js';
import { h, svg, table } from './dom.js';
import { clock, day, moment, rate, sizeText, whole } from './format.js';
import { t } from './words.js';

const round = (value) => Math.round(value * 10) / 10;
const path = (spots) => spots.map(([x, y], at) => `${at ? 'L' : 'M'}${round(x)} ${round(y)}`).join('');

/** A line without axes. */
export function sparkline(values, alarming) {
  const width = 150;
  const height = 34;
  const drawing = svg('svg', {
    class: alarming ? 'spark alarm' : 'spark',
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
  if (values.length < 2) return drawing;
  const low = Math.min(...values);
  const high = Math.max(...values);
  // A figure that hardly moves is drawn flat, not as mountains.
  const reach = Math.max(high - low, high * 0.15, 1e-9);
  const base = Math.max(0, Math.min(low, (high + low - reach) / 2));
  const spots = values.map((value, at) => [(at / (values.length - 1)) * width, 32 - ((value - base) / reach) * 26.7]);
  drawing.append(
    svg('path', { class: 'area', d: `${path(spots)}L${width} ${height}L0 ${height}z` }),
    svg('path', { class: 'line', d: path(spots) }),
  );
  return drawing;
}

/** The top of the axis: a round number with three equal steps. */
function ceiling(most) {
  if (most <= 0) return 3;
  const power = 10 ** Math.floor(Math.log10(most / 3));
  for (const step of [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]) if (step * power * 3 >= most) return step * power * 3;
  return 30 * power;
}

const dot = 4.5; // radius
const left = 34;
const top = 16;
const foot = 30; // below the axis, for times
const least = 190; // height
const apart = 64; // between times, at least

/** The time under a point: the hour, or the day in a long span. */
const label = (milliseconds, span) => (span === 'SPAN_MONTH' ? day(milliseconds) : clock(milliseconds));

// What a clock on the wall would mark: minutes, hours, days.
const marks = {
  SPAN_HOUR: { minutes: [10, 20, 30] },
  SPAN_DAY: { minutes: [4 * 60, 6 * 60, 12 * 60] },
  SPAN_MONTH: { days: [5, 10, 15] },
};

/** Round times of a span, no more than there is room for. */
function roundTimes(begin, end, span, room) {
  const { minutes, days } = marks[span];
  const fits = (milliseconds) => ((end - begin) / milliseconds) * apart <= room;
  const chosen = (steps, unit) => steps.find((step) => fits(step * unit)) ?? steps.at(-1);
  const stepMinutes = minutes && chosen(minutes, 60_000);
  const stepDays = days && chosen(days, 86_400_000);
  const at = new Date(begin);
  at.setHours(0, 0, 0, 0);
  const times = [];
  // Local time moves by the calendar, so that summer time does not bend it.
  while (at.getTime() < end) {
    if (at.getTime() >= begin) times.push(at.getTime());
    if (stepDays) at.setDate(at.getDate() + stepDays);
    else at.setMinutes(at.getMinutes() + stepMinutes);
  }
  return times;
}

/** Signals and mail of a span, with axes, as wide as asked. */
export function chart(points, span, step, length, width) {
  const wide = Math.max(240, width);
  const height = Math.max(least, Math.round((wide * least) / 700));
  const tall = height - top - foot;
  const signals = points.map((point) => number(point.signalsPerSecond));
  const mails = points.map((point) => number(point.mailsPerSecond));
  const end = number(points.at(-1).timeMs);
  const begin = end - step * (length - 1);
  const high = ceiling(Math.max(...signals, ...mails));
  const reach = wide - dot - left;
  const across = (time) => left + ((time - begin) / (end - begin)) * reach;
  const y = (value) => top + tall - (value / high) * tall;
  const line = (values) => values.map((value, at) => [Math.max(left, across(number(points[at].timeMs))), y(value)]);
  const lines = [0, 1, 2, 3].map((part) => (high / 3) * part);
  const text = (x, anchor, words) => svg('text', { x: round(x), y: height - 8, 'text-anchor': anchor }, words);
  // The last one leaves room for "now", the first one does not stick out.
  const times = roundTimes(begin, end, span, reach).filter(
    (time) => across(time) < wide - apart && across(time) > left + 12,
  );
  const drawn = line(signals);
  return svg(
    'svg',
    {
      class: 'chart',
      width: wide,
      height,
      viewBox: `0 0 ${wide} ${height}`,
      role: 'img',
      'aria-label': t('chart.label', {
        from: moment(number(points[0].timeMs)),
        low: rate(Math.min(...signals)),
        high: rate(Math.max(...signals)),
        now: rate(signals.at(-1)),
      }),
    },
    svg('path', { class: 'rules', d: lines.map((value) => `M${left} ${round(y(value))}H${wide}`).join('') }),
    lines.map((value) => svg('text', { x: left - 8, y: round(y(value)) + 4, 'text-anchor': 'end' }, rate(value))),
    times.map((time) => text(across(time), 'middle', label(time, span))),
    text(wide, 'end', t('chart.now')),
    svg('path', {
      class: 'area',
      d: `${path(drawn)}L${wide - dot} ${top + tall}L${round(drawn[0][0])} ${top + tall}z`,
    }),
    svg('path', { class: 'line', d: path(drawn) }),
    svg('path', { class: 'line second', d: path(line(mails)) }),
    svg('circle', { class: 'end', cx: wide - dot, cy: round(drawn.at(-1)[1]), r: dot }),
  );
}

/** What the lines mean. */
export function legend() {
  const sample = (name) =>
    svg(
      'svg',
      { class: 'sample', viewBox: '0 0 22 4', 'aria-hidden': 'true' },
      svg('path', { class: name, d: 'M0 2h22' }),
    );
  return [
    h('span', { class: 'row small' }, sample('line'), t('chart.introductions')),
    h('span', { class: 'row small' }, sample('line second'), t('chart.mailbox')),
  ];
}

/** The same facts in at most 24 rows, the newest first. */
export function historyTable(points, span) {
  const every = Math.max(1, Math.ceil(points.length / 24));
  const chosen = points.filter((_, at) => (points.length - 1 - at) % every === 0).reverse();
  const cell = (text) => h('td', { class: 'r num' }, text);
  return table(
    t('chart.caption'),
    [
      [t('chart.time')],
      [t('figure.peers'), 'r'],
      [`${t('figure.signals')}${t('perSecond')}`, 'r'],
      [t('chart.mails'), 'r'],
      [t('figure.mailbox'), 'r'],
      [t('figure.directory'), 'r'],
      [`${t('figure.relay')}${t('perSecond')}`, 'r'],
      [`${t('figure.refused')}${t('perHour')}`, 'r'],
    ],
    chosen.map((point) =>
      h(
        'tr',
        null,
        h(
          'th',
          { scope: 'row', class: 'num' },
          span === 'SPAN_MONTH' ? moment(number(point.timeMs)) : clock(number(point.timeMs)),
        ),
        cell(whole(number(point.sessions))),
        cell(rate(number(point.signalsPerSecond))),
        cell(rate(number(point.mailsPerSecond))),
        cell(whole(number(point.mailEnvelopes))),
        cell(whole(number(point.directoryEntries))),
        cell(sizeText(number(point.relayBytesPerSecond))),
        cell(whole(number(point.refusedPerHour))),
      ),
    ),
  );
}
