// What this node is, and the token.
import { call, number } from './api.js';
import { backUp } from './backup.js';
import { confirm, show } from './dialogs.js';
import { button, h, put } from './dom.js';
import { moment, sizeText, whole } from './format.js';
import { t } from './words.js';

const facts = [
  ['server.version', (s) => s.version],
  ['server.node', (s) => s.node],
  ['server.mode', (s) => s.mode && t(`server.mode.${s.mode}`)],
  ['server.started', (s) => s.startedMs && moment(number(s.startedMs))],
  ['server.connections', (s) => whole(number(s.connections))],
  ['server.memory', (s) => sizeText(number(s.memoryBytes))],
  [
    'server.disk',
    (s) => t('server.disk.text', { used: sizeText(number(s.diskBytes)), free: sizeText(number(s.diskFreeBytes)) }),
  ],
];

function rotate(app) {
  confirm({
    title: t('server.token.title'),
    text: [t('server.token.ask')],
    act: t('server.token.do'),
    run: async () => {
      const { token } = await call('RotateToken');
      app.pause();
      show({
        title: t('server.token.made'),
        parts: [h('p', null, t('server.token.keep')), h('code', { class: 'token', tabindex: '0' }, token)],
        act: t('server.token.kept'),
        after: () => app.left(),
      });
    },
  });
}

/** The page. */
export function server(app) {
  const values = facts.map(() => h('dd', { class: 'num' }));
  return {
    title: t('page.server'),
    tools: [],
    element: [
      h(
        'section',
        { class: 'card pad', 'aria-label': t('page.server') },
        h(
          'dl',
          null,
          facts.map(([key], at) => h('div', { class: 'fact' }, h('dt', null, t(key)), values[at])),
          h(
            'div',
            { class: 'fact' },
            h('dt', null, t('server.metrics')),
            h(
              'dd',
              { class: 'row wrap' },
              ['/metrics', '/healthz', '/readyz'].map((name) =>
                h('a', { class: 'mono', href: name, target: '_blank', rel: 'noopener' }, name),
              ),
            ),
          ),
          h(
            'div',
            { class: 'fact' },
            h('dt', null, t('server.backup')),
            h(
              'dd',
              { class: 'stack' },
              backUp(app),
              h('p', null, t('server.backup.text'), ' ', h('code', null, 'rendezvous backup FILE')),
            ),
          ),
          h(
            'div',
            { class: 'fact' },
            h('dt', null, t('server.login')),
            h(
              'dd',
              { class: 'stack' },
              h('p', null, t('server.login.text')),
              button('sm', t('logout'), () => app.logout()),
            ),
          ),
          h(
            'div',
            { class: 'fact' },
            h('dt', null, t('server.token')),
            h(
              'dd',
              { class: 'stack' },
              h('p', null, t('server.token.text')),
              button('sm bad', t('server.token.new'), () => rotate(app)),
            ),
          ),
        ),
      ),
    ],
    update(status) {
      for (const [at, [, text]] of facts.entries()) put(values[at], String(text(status) || t('none')));
    },
    history() {},
    nodes() {},
  };
}
