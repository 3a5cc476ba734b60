// Bans: a list, a form, and an end with a way back.
import { call, number } from './api.js';
import { confirm, form, toast } from './dialogs.js';
import { button, h, put, redraw, table } from './dom.js';
import { many, moment, whole } from './format.js';
import { icon } from './icons.js';
import { reach } from './reach.js';
import { t } from './words.js';

const icons = {
  BAN_KIND_PEER: 'peer',
  BAN_KIND_ADDRESS: 'address',
  BAN_KIND_RANGE: 'range',
  BAN_KIND_DOMAIN: 'domain',
};

const hour = 3_600_000;
const ends = [
  ['never', 0],
  ['ban.hour', hour],
  ['ban.day', 24 * hour],
  ['ban.week', 7 * 24 * hour],
  ['ban.month', 30 * 24 * hour],
];

const rest = 250; // ms after the last key
const mostKnown = 500; // bans, the newest: those that a new one may replace

/** What a ban of the text would touch, and which of the known ones it would replace. */
function touched(text, known) {
  const found = reach(text);
  if (!found) return '';
  const sentences = [t(`reach.${found.kind}`, { ...found, n: found.n && many(found.n) })];
  if (known.some((ban) => ban.target === found.target)) sentences.push(t('reach.again'));
  return sentences.join(t('space'));
}

/** Asks whom to ban, and calls after() when that is done. */
export function addBan(app, after) {
  const help = h('p', { class: 'help long', id: 'ban-reach', role: 'status' }, t('ban.help'));
  let known = [];
  let timer;
  const tell = () => put(help, touched(target.value, known) || t('ban.help'));

  const target = h('input', {
    class: 'inp mono',
    id: 'ban-target',
    maxlength: '260',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: t('ban.example'),
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(tell, rest);
    },
  });
  const reason = h('input', { class: 'inp', id: 'ban-reason', maxlength: '200', autocomplete: 'off' });
  const until = h(
    'select',
    { class: 'inp sel', id: 'ban-ends' },
    ends.map(([key, length]) => h('option', { value: String(length) }, t(key))),
  );
  form({
    title: t('ban.title'),
    fields: [
      { label: t('ban.target'), input: target, help },
      { label: t('ban.reason'), input: reason },
      { label: t('ban.ends'), input: until },
    ],
    act: t('ban.add'),
    acting: t('ban.adding'),
    submit: async () => {
      const length = Number(until.value);
      const { ban } = await call('AddBan', {
        target: target.value,
        reason: reason.value,
        expiresMs: length ? String(Date.now() + length) : undefined,
      });
      // A ban of the same target was replaced: what is undone is the new one, not the old one.
      const before = known.find((one) => one.kind === ban.kind && one.target === ban.target);
      const undo = async () => {
        await (before ? again(before) : call('RemoveBan', { id: ban.id }));
        await after();
      };
      toast(t('ban.added', { target: ban.target }), undo, app.complain);
      await after();
    },
  });
  call('ListBans', { pageSize: mostKnown })
    .then((page) => {
      known = page.bans ?? [];
      tell();
    })
    .catch(() => undefined); // then nothing is said of a ban that is replaced
}

const again = ({ kind, target, reason, expiresMs }) => call('AddBan', { kind, target, reason, expiresMs });

/** The list. */
export function bans(app) {
  const count = h('span', { class: 'muted t13 num', role: 'status' });
  const place = h(
    'section',
    { class: 'card clip', 'aria-label': t('page.bans') },
    h('p', { class: 'muted t13 empty' }, t('loading')),
  );
  const more = h('div', { class: 'row center' });
  let shown = [];

  function end(ban) {
    confirm({
      title: t('ban.remove.title'),
      text: [t('ban.remove.text', { target: ban.target })],
      act: t('ban.remove.do'),
      run: async () => {
        const { ban: was } = await call('RemoveBan', { id: ban.id });
        const undo = async () => {
          await again(was);
          await load();
        };
        toast(t('ban.removed', { target: was.target }), undo, app.complain);
        await load();
      },
    });
  }

  const row = (ban) =>
    h(
      'tr',
      null,
      h(
        'th',
        { scope: 'row', class: 'target' },
        h(
          'span',
          { class: 'row' },
          h('span', { class: 'ink2', title: t(`ban.kind.${ban.kind}`) }, icon(icons[ban.kind] ?? 'ban')),
          h('span', { class: 'vh' }, `${t(`ban.kind.${ban.kind}`)}: `),
          h('span', { class: 'mono long' }, ban.target),
        ),
      ),
      h('td', { class: 'long' }, ban.reason || h('span', { class: 'muted' }, t('none'))),
      h('td', { class: 'num nw' }, moment(number(ban.createdMs))),
      h('td', { class: 'num nw' }, number(ban.expiresMs) ? moment(number(ban.expiresMs)) : t('never')),
      h('td', { class: 'r num' }, whole(number(ban.refused))),
      h(
        'td',
        { class: 'r act' },
        h(
          'button',
          {
            type: 'button',
            class: 'btn sm',
            'aria-label': t('ban.remove.label', { target: ban.target }),
            onclick: () => end(ban),
          },
          t('ban.remove'),
        ),
      ),
    );

  function draw(next, total) {
    put(count, t('ban.count', { n: many(total) }));
    redraw(
      place,
      shown.length === 0
        ? h('p', { class: 'muted t13 empty' }, t('ban.none'))
        : table(
            t('page.bans'),
            [
              [t('ban.target')],
              [t('ban.reason').split(/[,，]/)[0]],
              [t('ban.since')],
              [t('ban.ends')],
              [t('ban.refused'), 'r'],
              [h('span', { class: 'vh' }, t('node.action')), 'r act'],
            ],
            shown.map(row),
          ),
    );
    more.replaceChildren(...(next ? [button('', t('more'), () => load(next))] : []));
  }

  async function load(token) {
    try {
      const page = await call('ListBans', { pageToken: token });
      shown = [...(token ? shown : []), ...(page.bans ?? [])];
      draw(page.nextPageToken, number(page.total));
    } catch (error) {
      if (token) app.complain(error);
      else app.failed(error, place);
    }
  }

  load();
  return {
    title: t('page.bans'),
    tools: [count, button('pri sm', t('ban.new'), () => addBan(app, load), icon('plus', 's'))],
    element: [place, more],
    update() {},
    history() {},
    nodes() {},
  };
}
