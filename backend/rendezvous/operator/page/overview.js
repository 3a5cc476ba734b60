// What the server does now: six figures, one chart, the nodes, refusals and the age of mail.
import { number } from './api.js';
import { addBan } from './bans.js';
import { chart, historyTable, legend, sparkline } from './charts.js';
import { button, h, put, redraw } from './dom.js';
import { bits, many, moment, rate, shortDuration, size, whole } from './format.js';
import { icon } from './icons.js';
import { nodeTable } from './nodes.js';
import { has, t } from './words.js';

const spans = [
  ['SPAN_HOUR', 'span.hour', 120],
  ['SPAN_DAY', 'span.day', 120],
  ['SPAN_MONTH', 'span.month', 120],
];

/** Value, unit, words below and the history's field of each figure. */
const figures = [
  {
    name: 'peers',
    icon: 'peers',
    field: 'sessions',
    value: (s) => [whole(number(s.sessions))],
    note: (s) =>
      t('figure.peers.peak', { value: whole(number(s.sessionsPeak)), time: moment(number(s.sessionsPeakMs)) }),
  },
  {
    name: 'signals',
    icon: 'signals',
    field: 'signalsPerSecond',
    value: (s) => [rate(number(s.signalsPerSecond)), t('perSecond')],
    note: (s) =>
      s.signalMedianMs === undefined
        ? t('figure.signals.none')
        : t('figure.signals.median', { value: rate(s.signalMedianMs) }),
  },
  {
    name: 'mailbox',
    icon: 'mailbox',
    field: 'mailEnvelopes',
    value: (s) => [whole(number(s.mail?.envelopes))],
    note: (s) =>
      number(s.mail?.oldestMs)
        ? t('figure.mailbox.size', {
            size: size(number(s.mail.bytes)).join(' '),
            age: shortDuration(number(s.nowMs) - number(s.mail.oldestMs)),
          })
        : t('figure.mailbox.empty'),
  },
  {
    name: 'directory',
    icon: 'directory',
    field: 'directoryEntries',
    value: (s) => [whole(number(s.directory?.entries))],
    note: (s, points) => grown(s, points) ?? t('figure.directory.removed', { n: whole(number(s.directory?.removed)) }),
  },
  {
    name: 'relay',
    icon: 'relay',
    field: 'relayBytesPerSecond',
    value: (s) => bits(number(s.relayBytesPerSecond)),
    note: (s) => t('figure.relay.open', { n: whole(number(s.relayAllocations)) }),
  },
  {
    name: 'refused',
    icon: 'ban',
    field: 'refusedPerHour',
    value: (s) => [whole(number(s.refusedLastHour)), t('perHour')],
    note: (s) =>
      s.refusedAlarm
        ? t('figure.refused.alarm', {
            times: whole(s.refusedAlarm.times),
            time: moment(number(s.refusedAlarm.sinceMs)),
          })
        : t('figure.refused.usual'),
    alarming: (s) => Boolean(s.refusedAlarm),
  },
];

/** How many entries came since the oldest point. */
function grown(status, points) {
  if (points.length < 2) return undefined;
  const difference = Math.round(number(status.directory?.entries) - number(points[0].directoryEntries));
  if (difference === 0) return undefined;
  return t('figure.directory.grown', {
    value: (difference > 0 ? '+' : '') + whole(difference),
    time: moment(number(points[0].timeMs)),
  });
}

function card(figure) {
  const value = h('span');
  const unit = h('span', { class: 'unit' });
  const note = h('div', { class: 'figureNote num' });
  const drawing = h('div');
  const element = h(
    'div',
    { class: 'card figure', role: 'group', 'aria-label': t(`figure.${figure.name}`) },
    h('h2', { class: 'row' }, icon(figure.icon), t(`figure.${figure.name}`)),
    h('div', { class: 'value num' }, value, unit),
    note,
    drawing,
  );
  return {
    element,
    update(status, points) {
      const [text, of = ''] = figure.value(status);
      put(value, text);
      put(unit, of && ` ${of}`);
      put(note, figure.note(status, points));
      note.classList.toggle('alarm', figure.alarming?.(status) ?? false);
    },
    draw(status, points) {
      drawing.replaceChildren(
        sparkline(
          points.map((point) => number(point[figure.field])),
          status && figure.alarming?.(status),
        ),
      );
    },
  };
}

function refusals(status) {
  const rows = status.refusedMost ?? [];
  if (rows.length === 0) return [h('p', { class: 'muted t13' }, t('refused.none'))];
  return [
    h(
      'ul',
      null,
      rows.map((one) =>
        h(
          'li',
          { class: 'row t13 refusal' },
          h('span', { class: 'ink2' }, icon('range')),
          h('span', { class: 'mono grow tr' }, one.prefix),
          h('span', { class: 'muted tr' }, has(`reason.${one.reason}`) ? t(`reason.${one.reason}`) : one.reason),
          h('span', { class: 'num b count' }, whole(number(one.count))),
        ),
      ),
    ),
  ];
}

function ages(status) {
  const rows = status.mail?.ages ?? [];
  const most = Math.max(1, ...rows.map((one) => number(one.envelopes)));
  if (number(status.mail?.envelopes) === 0) return [h('p', { class: 'muted t13' }, t('age.empty'))];
  return [
    h(
      'ul',
      { class: 'ages' },
      rows.map((one, at) => {
        const age = shortDuration(number(one.upToMs));
        return h(
          'li',
          { class: 'row small' },
          h('span', { class: 'muted age' }, at ? age : t('age.first', { age })),
          h('span', { class: 'grow' }, h('i', { style: { width: `${(number(one.envelopes) / most) * 100}%` } })),
          h('span', { class: 'num' }, whole(number(one.envelopes))),
        );
      }),
    ),
  ];
}

/** The overview. The application hands over statuses, the history and the nodes. */
export function overview(app) {
  const cards = figures.map(card);
  const drawing = h('div');
  const listed = h('div', { class: 'listed', hidden: true });
  const refused = h('div');
  const mails = h('div', { class: 'mails' });
  const nodes = h('section', { class: 'card clip', 'aria-label': t('page.nodes') });
  const bans = h('a', { class: 't13 all', href: '#bans' });
  const listedButton = button('quiet sm', t('chart.table'), () => {
    listed.hidden = !listed.hidden;
    listedButton.setAttribute('aria-pressed', String(!listed.hidden));
  });
  listedButton.setAttribute('aria-pressed', 'false');
  const buttons = spans.map(([span, key]) =>
    h(
      'button',
      {
        type: 'button',
        'aria-pressed': String(span === app.span),
        onclick: () => {
          app.choose(span);
          press();
        },
      },
      t(key),
    ),
  );
  function press() {
    for (const [at, one] of buttons.entries()) one.setAttribute('aria-pressed', String(spans[at][0] === app.span));
  }
  let shown = {};
  let past = { points: [], step: 0 };
  let width = 0; // px, of the chart as it is drawn

  function paint() {
    width = drawing.clientWidth;
    const { points, step } = past;
    const length = spans.find(([span]) => span === app.span)[2];
    drawing.replaceChildren(
      points.length < 2
        ? h('p', { class: 'muted t13 empty' }, t('chart.empty'))
        : chart(points, app.span, step, length, width),
    );
  }
  // It ends with the page, when its place is gone.
  new ResizeObserver(() => {
    if (drawing.clientWidth !== width) paint();
  }).observe(drawing);

  return {
    title: t('page.overview'),
    tools: [
      h('span', { class: 'muted t13 counts' }, t('counts')),
      h('span', { class: 'seg', role: 'group', 'aria-label': t('span') }, buttons),
    ],
    element: [
      h(
        'div',
        { class: 'figures' },
        cards.map((one) => one.element),
      ),
      h(
        'div',
        { class: 'beside' },
        h(
          'section',
          { class: 'card pad', 'aria-label': t('chart.title') },
          h('div', { class: 'row heading' }, h('h2', { class: 'grow' }, t('chart.title')), legend(), listedButton),
          drawing,
          listed,
        ),
        h(
          'section',
          { class: 'card pad col', 'aria-label': t('refused.title') },
          h(
            'div',
            { class: 'row heading' },
            h('h2', { class: 'grow' }, t('refused.title')),
            button('sm', t('ban.new'), () => addBan(app, () => app.refresh()), icon('plus', 's')),
          ),
          refused,
          bans,
        ),
      ),
      h(
        'div',
        { class: 'beside' },
        nodes,
        h('section', { class: 'card pad', 'aria-label': t('age.title') }, h('h2', null, t('age.title')), mails),
      ),
    ],
    update(status) {
      const points = app.points();
      for (const one of cards) one.update(status, points);
      const next = JSON.stringify([status.refusedMost, status.mail, Boolean(status.refusedAlarm)]);
      if (next !== shown.lists) {
        refused.replaceChildren(...refusals(status));
        mails.replaceChildren(...ages(status));
        for (const one of cards) one.draw(status, points);
        shown = { ...shown, lists: next };
      }
      const n = number(status.bans);
      put(bans, n === 0 ? t('refused.all.zero') : t('refused.all', { n: many(n) }));
    },
    history(points, step) {
      for (const one of cards) one.draw(app.status, points);
      press();
      past = { points, step };
      paint();
      redraw(listed, points.length < 2 ? '' : historyTable(points, app.span));
    },
    nodes(list) {
      const next = JSON.stringify([list.map((node) => ({ ...node, seenMs: 0 })), app.status?.signalsPerSecond]);
      if (next === shown.nodes) return;
      shown.nodes = next;
      redraw(nodes, nodeTable(list, app.status));
    },
  };
}
