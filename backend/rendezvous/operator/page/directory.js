// What people listed, and what others reported.
import { call, number } from './api.js';
import { confirm, toast } from './dialogs.js';
import { button, h, redraw, table } from './dom.js';
import { many, moment, whole } from './format.js';
import { t } from './words.js';

const wait = 250; // ms after the last key

/** Reports above, entries below. */
export function directory(app) {
  const reported = h('div');
  const entries = h(
    'section',
    { class: 'card clip', 'aria-label': t('page.directory') },
    h('p', { class: 'muted t13 empty' }, t('loading')),
  );
  const more = h('div', { class: 'row center' });
  let removed = false;
  let shown = [];
  let asked = 0;
  let timer;

  const search = h('input', {
    class: 'inp',
    type: 'search',
    maxlength: '64',
    'aria-label': t('listing.search'),
    placeholder: t('listing.search'),
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => list(), wait);
    },
  });
  const choices = [false, true].map((which) =>
    h(
      'button',
      {
        type: 'button',
        'aria-pressed': String(which === removed),
        onclick: () => {
          removed = which;
          for (const [at, one] of choices.entries()) one.setAttribute('aria-pressed', String(Boolean(at) === removed));
          list();
        },
      },
      t(which ? 'listing.removed' : 'listing.listed'),
    ),
  );

  const all = () => Promise.all([list(), reports()]);

  function take(id, name) {
    confirm({
      title: t('listing.take.title', { name }),
      text: [t('listing.take.text')],
      field: t('ban.reason'),
      act: t('listing.take.do'),
      run: async (reason) => {
        await call('RemoveListing', { id, reason });
        toast(t('listing.taken', { name }), () => call('RestoreListing', { id }).then(all), app.complain);
        await all();
      },
    });
  }

  function dismiss(one) {
    confirm({
      title: t('report.dismiss.title', { name: one.subject }),
      text: [t('report.dismiss.text', { n: many(number(one.reporters)) })],
      act: t('report.dismiss.do'),
      run: async () => {
        await call('DismissReports', { id: one.id });
        toast(t('report.dismissed', { name: one.subject }));
        await all();
      },
    });
  }

  async function allow(one) {
    try {
      await call('RestoreListing', { id: one.id });
      toast(t('listing.allowed', { name: one.name }));
    } catch (error) {
      app.complain(error);
    }
    await all();
  }

  const small = (label, words, run, kind = '') =>
    h('button', { type: 'button', class: `btn sm ${kind}`, 'aria-label': label, onclick: run }, words);

  function report(one) {
    const what = ['spam', 'abuse', 'directory']
      .filter((kind) => number(one[kind]))
      .map((kind) => t(`report.${kind}`, { n: whole(number(one[kind])) }));
    return h(
      'tr',
      null,
      h('th', { scope: 'row', class: 'mono long' }, one.subject),
      h('td', { class: 'r num' }, whole(number(one.reporters))),
      h('td', { class: 'long' }, what.join(t('comma'))),
      h('td', { class: 'num nw' }, moment(number(one.lastMs))),
      h(
        'td',
        { class: 'r act' },
        small(t('report.dismiss.label', { name: one.subject }), t('report.dismiss'), () => dismiss(one)),
        one.listingId &&
          small(
            t('listing.take.label', { name: one.subject }),
            t('listing.take'),
            () => take(one.listingId, one.subject),
            'bad',
          ),
      ),
    );
  }

  async function reports() {
    try {
      const rows = (await call('ListReports')).reports ?? [];
      redraw(
        reported,
        rows.length === 0
          ? h('p', { class: 'muted t13 empty' }, t('report.none'))
          : table(
              t('report.title'),
              [
                [t('report.subject')],
                [t('report.reporters'), 'r'],
                [t('report.what')],
                [t('report.last')],
                [h('span', { class: 'vh' }, t('node.action')), 'r act'],
              ],
              rows.map(report),
            ),
      );
    } catch (error) {
      app.failed(error, reported);
    }
  }

  const entry = (one) =>
    h(
      'tr',
      null,
      h(
        'th',
        { scope: 'row' },
        h('b', null, one.name),
        one.handle && h('div', { class: 'mono small muted' }, one.handle),
      ),
      h(
        'td',
        { class: 'long' },
        one.about,
        one.titles?.length && h('div', { class: 'small muted' }, one.titles.join(' · ')),
        one.tags?.length && h('div', { class: 'small muted' }, one.tags.map((tag) => `#${tag}`).join(' ')),
        one.removedReason && h('div', { class: 'small alarm' }, one.removedReason),
      ),
      h('td', { class: 'num nw' }, number(one.listedMs) ? moment(number(one.listedMs)) : t('none')),
      h(
        'td',
        { class: 'r act' },
        one.removed
          ? small(t('listing.allow.label', { name: one.name }), t('listing.allow'), () => allow(one))
          : small(t('listing.take.label', { name: one.name }), t('listing.take'), () => take(one.id, one.name), 'bad'),
      ),
    );

  async function list(token) {
    asked += 1;
    const mine = asked;
    try {
      const page = await call('ListDirectory', { query: search.value, removed, pageToken: token });
      if (mine !== asked) return; // a later question was asked meanwhile
      shown = [...(token ? shown : []), ...(page.listings ?? [])];
      const empty = removed ? 'listing.removed.none' : 'listing.empty';
      const nothing = t(search.value ? 'listing.none' : empty);
      redraw(
        entries,
        shown.length === 0
          ? h('p', { class: 'muted t13 empty' }, nothing)
          : table(
              t('page.directory'),
              [
                [t('listing.entry')],
                [t('listing.about')],
                [t('listing.since')],
                [h('span', { class: 'vh' }, t('node.action')), 'r act'],
              ],
              shown.map(entry),
            ),
      );
      more.replaceChildren(...(page.nextPageToken ? [button('', t('more'), () => list(page.nextPageToken))] : []));
    } catch (error) {
      if (token) app.complain(error);
      else app.failed(error, entries);
    }
  }

  all();
  return {
    title: t('page.directory'),
    tools: [
      h('span', { class: 'seg', role: 'group', 'aria-label': t('listing.which') }, choices),
      h('span', { class: 'search' }, search),
    ],
    element: [
      h(
        'section',
        { class: 'card clip', 'aria-label': t('report.title') },
        h('h2', { class: 'over' }, t('report.title')),
        reported,
      ),
      entries,
      more,
    ],
    update() {},
    history() {},
    nodes() {},
  };
}
