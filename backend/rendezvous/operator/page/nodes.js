// The nodes of a cluster, and draining them.
import { call, number } from './api.js';
import { confirm, toast } from './dialogs.js';
import { h, redraw, table } from './dom.js';
import { duration, many, rate, sizeText, whole } from './format.js';
import { t } from './words.js';

// A node above this load is busy. Loads are of 1000.
const busy = 800;

function host(url) {
  try {
    return new URL(url).host;
  } catch {
    return url ?? '';
  }
}

function state(node) {
  if (node.draining) return ['idle', t('node.draining')];
  return number(node.load) >= busy ? ['warn', t('node.busy')] : ['ok', t('node.well')];
}

/** How many are there, and that the last of them are leaving. */
function peers(node) {
  const n = number(node.sessions);
  if (!node.draining) return whole(n);
  return n === 0 ? t('node.draining') : t('node.leaving', { n: whole(n) });
}

function row(node, status, action) {
  const [kind, words] = state(node);
  const load = number(node.load) / 10;
  // Of itself a node knows what it does not tell the others.
  const signals = node.signalsPerSecond ?? (node.self ? status?.signalsPerSecond : undefined);
  const memory = node.memoryBytes ?? (node.self ? status?.memoryBytes : undefined);
  return h(
    'tr',
    null,
    h(
      'th',
      { scope: 'row' },
      h(
        'span',
        { class: 'row' },
        h('i', { class: `dot ${kind}`, title: words }),
        h('span', { class: 'vh' }, `${words}: `),
        h('span', { class: 'mono nw' }, node.id),
        node.self && h('span', { class: 'small muted nw' }, t('node.self')),
      ),
    ),
    h('td', { class: 'tr' }, host(node.url) || t('none')),
    h('td', { class: 'r num' }, peers(node)),
    h('td', { class: 'r num' }, signals === undefined ? t('none') : rate(signals)),
    h(
      'td',
      { class: 'load' },
      h(
        'span',
        { class: 'row' },
        h(
          'span',
          { class: 'bar grow', 'aria-hidden': 'true' },
          h('i', { class: kind, style: { width: `${Math.min(100, load)}%` } }),
        ),
        h('span', { class: 'num small' }, `${whole(load)} %`),
      ),
    ),
    h('td', { class: 'r num nw' }, memory === undefined ? t('none') : sizeText(number(memory))),
    h('td', { class: 'mono small muted' }, node.version),
    action,
  );
}

const heads = () => [
  [t('node.name')],
  [t('node.address')],
  [t('node.peers'), 'r'],
  [t('node.signals'), 'r'],
  [t('node.load')],
  [t('node.memory'), 'r'],
  [t('node.version')],
];

/** The table of the overview. */
export function nodeTable(list, status) {
  if (list.length === 0) return h('p', { class: 'muted t13 empty' }, t('node.none'));
  return table(
    t('page.nodes'),
    heads(),
    list.map((node) => row(node, status)),
  );
}

/** The page with actions. */
export function nodes(app) {
  const place = h(
    'section',
    { class: 'card clip', 'aria-label': t('page.nodes') },
    h('p', { class: 'muted t13 empty' }, t('loading')),
  );
  let last = [];
  let drawn = '';

  function undrain(node) {
    confirm({
      title: t('node.undrain.title', { node: node.id }),
      text: [t('node.undrain.text')],
      act: t('node.undrain.do'),
      danger: false,
      run: async () => {
        await call('Undrain', { node: node.id });
        toast(t('node.undrained', { node: node.id }));
        await app.refresh();
      },
    });
  }

  function drain(node) {
    const others = last.filter((other) => other.id !== node.id && !other.draining && other.url);
    confirm({
      title: t('node.drain.title', { node: node.id }),
      text: [
        t('node.drain.text', { n: many(number(node.sessions)) }),
        ...(others.length ? [] : [t('node.drain.last')]),
      ],
      act: t('node.drain.do'),
      run: async () => {
        await call('Drain', { node: node.id });
        toast(t('node.drained', { node: node.id }));
        await app.refresh();
      },
    });
  }

  const small = (kind, words, node, run) =>
    h(
      'button',
      {
        type: 'button',
        class: `btn sm ${kind}`,
        'aria-label': t(`${words}.label`, { node: node.id }),
        onclick: () => run(node),
      },
      t(words),
    );

  const action = (node) =>
    h(
      'td',
      { class: 'r act' },
      node.draining ? small('', 'node.undrain', node, undrain) : small('bad', 'node.drain', node, drain),
    );

  return {
    title: t('page.nodes'),
    tools: [],
    element: [place],
    update() {},
    history() {},
    nodes(list) {
      last = list;
      // Buttons that are looked at are not taken away under the hand: only what changed is drawn again.
      const next = JSON.stringify(list.map((node) => ({ ...node, seenMs: 0 })));
      if (next === drawn) return;
      drawn = next;
      redraw(
        place,
        list.length === 0
          ? h('p', { class: 'muted t13 empty' }, t('node.none'))
          : table(
              t('page.nodes'),
              [...heads(), [t('node.up')], [h('span', { class: 'vh' }, t('node.action')), 'r act']],
              list.map((node) => {
                const line = row(node, app.status);
                line.append(h('td', { class: 'nw' }, duration(Date.now() - number(node.startedMs))), action(node));
                return line;
              }),
            ),
      );
    },
  };
}
