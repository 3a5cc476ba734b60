// The page: a login, a header, and one of five pages below it.
import { call, login, logout, number } from './api.js';
import { bans } from './bans.js';
import { directory } from './directory.js';
import { button, h, put, told } from './dom.js';
import { clock, duration } from './format.js';
import { icon, mark } from './icons.js';
import { follow } from './live.js';
import { nodes } from './nodes.js';
import { overview } from './overview.js';
import { server } from './server.js';
import { has, language, sentence, speak, t } from './words.js';

const pages = { overview, nodes, directory, bans, server };
const place = document.getElementById('app');
const historyEvery = 30_000; // ms
const nodesEvery = 5_000; // ms
const minute = 60_000; // ms

/** What pages see of the application. */
const app = {
  status: undefined,
  span: 'SPAN_DAY',
  chosen: false, // the span, by the operator
  history: { points: [], step: 0 },
  points: () => app.history.points,
  choose(span) {
    app.span = span;
    app.chosen = true;
    loadHistory();
  },
  refresh: () => loadNodes(),
  pause: () => stop(),
  left: () => askToken(),
  async logout() {
    await logout();
    askToken();
  },
  failed(error, where) {
    if (error.code === 'unauthenticated') askToken(t('login.ended'));
    else where.replaceChildren(h('p', { class: 'help err empty', role: 'alert' }, sentence(error)));
  },
  /** Says at the top what failed, until it is closed or another page is shown. */
  complain(error) {
    if (error.code === 'unauthenticated') askToken(t('login.ended'));
    else if (chrome) {
      const close = () => {
        chrome.failure.replaceChildren();
        chrome.title.focus();
      };
      const words = h('span', { class: 'grow' }, sentence(error));
      const note = h(
        'div',
        { class: 'note bad', role: 'alert' },
        icon('warning'),
        words,
        button('sm', t('close'), close),
      );
      chrome.failure.replaceChildren(note);
    }
  },
};

let page; // the one that is shown
let chrome; // what is around it
let live = 'wait'; // "on", "off"
let seenAt; // ms, of the last status
let timers = [];
let unfollow = () => undefined;

function stop() {
  unfollow();
  for (const timer of timers) clearInterval(timer);
  timers = [];
}

function languageButton() {
  return h(
    'button',
    {
      type: 'button',
      class: 'btn quiet sm',
      lang: language() === 'zh' ? 'en' : 'zh',
      'aria-label': t('other.label'),
      onclick: () => {
        speak(language() === 'zh' ? 'en' : 'zh');
        if (chrome) draw(true);
        else askToken();
      },
    },
    t('other'),
  );
}

function askToken(said = '') {
  stop();
  chrome = undefined;
  page = undefined;
  document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
  document.title = `${t('login.title')} · ${t('title')}`;
  for (const one of document.querySelectorAll('dialog')) one.close();
  const wrong = h('p', { class: 'help err', id: 'token-wrong', role: 'alert' }, said);
  const input = h('input', {
    class: 'inp mono',
    id: 'token',
    name: 'token',
    type: 'password',
    autocomplete: 'current-password',
    'aria-describedby': 'token-wrong token-help',
    oninput: () => {
      input.removeAttribute('aria-invalid');
      put(wrong, '');
    },
  });
  const go = h('button', { type: 'submit', class: 'btn pri' }, t('login.open'));
  const fail = (text) => {
    put(wrong, text);
    input.setAttribute('aria-invalid', 'true');
    input.focus();
    input.select();
  };
  const submit = async (event) => {
    event.preventDefault();
    if (go.getAttribute('aria-disabled')) return;
    if (!input.value.trim()) return fail(t('login.empty'));
    go.setAttribute('aria-disabled', 'true');
    put(go, t('login.opening'));
    try {
      await login(input.value.trim());
      await begin();
      chrome.title.focus();
    } catch (error) {
      fail(sentence(error));
      go.removeAttribute('aria-disabled');
      put(go, t('login.open'));
    }
  };
  place.replaceChildren(
    h(
      'main',
      { class: 'login' },
      h(
        'form',
        { class: 'card', onsubmit: submit, novalidate: true },
        h('div', { class: 'row' }, mark(), h('h1', { class: 'grow' }, t('title')), languageButton()),
        h(
          'div',
          { class: 'field' },
          h('label', { for: 'token' }, t('login.token')),
          input,
          wrong,
          h('p', { class: 'help', id: 'token-help' }, told(t('login.help'))),
        ),
        go,
      ),
    ),
  );
  input.focus();
}

function header() {
  const links = Object.keys(pages).map((name) => h('a', { class: 'nv', href: `#${name}` }, t(`page.${name}`)));
  const host = h('span', { class: 'mono t13 ink2 nw' });
  const chip = h('span', { class: 'chip' });
  // The same without the time, which would be said again every minute.
  const said = h('span', { class: 'vh', role: 'status' });
  const state = h('span', { class: 'row small muted num live', role: 'status' }, h('i', { class: 'pulse' }), h('span'));
  const tools = h('div', { class: 'row wrap tools' });
  const title = h('h1', { tabindex: '-1' });
  const notes = h('div', { class: 'notes' });
  const failure = h('div', { class: 'notes' });
  const main = h('main', { id: 'main' });
  const body = h('div', { class: 'content' });
  const skip = h(
    'a',
    {
      class: 'skip',
      href: '#main',
      onclick: (event) => {
        event.preventDefault();
        title.focus();
      },
    },
    t('skip'),
  );
  main.append(h('div', { class: 'row wrap top' }, title, tools, state), notes, failure, body);
  place.replaceChildren(
    skip,
    h(
      'header',
      { class: 'topBar' },
      h('div', { class: 'row brand' }, mark(), h('b', { class: 'nw' }, t('title')), host, chip, said),
      h('nav', { class: 'row', 'aria-label': t('pages') }, links, languageButton()),
    ),
    main,
  );
  chrome = { links, host, chip, state, tools, title, notes, failure, body, said, drawn: '', noted: '' };
}

const chosen = () => (location.hash.slice(1) in pages ? location.hash.slice(1) : 'overview');

/** Draws the page of the address; with everything around it when the language changed. */
function draw(whole) {
  document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
  if (whole) header();
  const name = chosen();
  page = pages[name](app);
  chrome.links.forEach((link) => {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  });
  put(chrome.title, page.title);
  document.title = `${page.title} · ${t('title')}`;
  chrome.tools.replaceChildren(...page.tools);
  chrome.failure.replaceChildren();
  chrome.body.replaceChildren(...page.element);
  page.history(app.history.points, app.history.step);
  if (app.status) page.update(app.status);
  showState();
  loadHistory();
  loadNodes();
}

function chip(status) {
  if (!status || live === 'off') return ['warn', 'warning', t('health.unknown')];
  const n = status.reasons?.length ?? 0;
  if (status.health === 'HEALTH_FAILING') return ['bad', 'warning', t('health.failing')];
  if (status.draining) return ['warn', 'warning', t('health.draining')];
  if (status.health === 'HEALTH_DEGRADED') return ['warn', 'warning', t('health.degraded', { n })];
  const up = number(status.nowMs) - number(status.startedMs);
  return ['ok', 'well', up < minute ? t('health.new') : t('health.ok', { time: duration(up) })];
}

/** Health, liveness and what to look at; touched only when they change, so that they are announced once. */
function showState() {
  const status = app.status;
  put(chrome.host, status?.host ?? '');
  const [kind, drawing, words] = chip(status);
  if (chrome.drawn !== kind + words) {
    chrome.drawn = kind + words;
    chrome.chip.className = `chip ${kind}`;
    chrome.chip.replaceChildren(icon(drawing, 's'), words);
    put(chrome.said, kind === 'ok' ? t('health.well') : words);
  }
  chrome.state.classList.toggle('off', live === 'off');
  document.body.classList.toggle('stale', live === 'off');
  const told = {
    on: t('live.on'),
    wait: t('live.wait'),
    off: seenAt ? t('live.off', { time: clock(seenAt) }) : t('live.never'),
  };
  put(chrome.state.lastChild, told[live]);
  const notes =
    live === 'off'
      ? [['warn', t('live.note')]]
      : (status?.reasons ?? []).map((one) => [
          status.health === 'HEALTH_FAILING' ? 'bad' : 'warn',
          has(`health.${one.code}`) ? t(`health.${one.code}`) : one.text,
        ]);
  const noted = JSON.stringify(notes);
  if (chrome.noted !== noted) {
    chrome.noted = noted;
    chrome.notes.replaceChildren(
      ...notes.map(([bad, text]) =>
        h('div', { class: `note ${bad}`, role: 'alert' }, icon('warning'), h('span', null, text)),
      ),
    );
  }
}

async function loadHistory() {
  const span = app.span;
  try {
    const got = await call('GetHistory', { span });
    if (span !== app.span) return;
    // A server that just started has an hour to show long before it has a day.
    if (!app.chosen && span === 'SPAN_DAY' && (got.points?.length ?? 0) < 2) {
      app.span = 'SPAN_HOUR';
      return loadHistory();
    }
    app.history = { points: got.points ?? [], step: number(got.stepMs) };
    page?.history(app.history.points, app.history.step);
    if (page && app.status) page.update(app.status);
  } catch {
    // The stream says when the server does not answer.
  }
}

async function loadNodes() {
  try {
    page?.nodes((await call('ListNodes')).nodes ?? []);
  } catch {
    // As above.
  }
}

async function begin() {
  app.status = (await call('GetStatus')).status;
  live = 'wait';
  draw(true);
  unfollow = follow({
    seen(status) {
      const back = live !== 'on';
      app.status = status;
      live = 'on';
      seenAt = Date.now();
      page.update(status);
      showState();
      if (back) {
        loadHistory();
        loadNodes();
      }
    },
    broken() {
      live = 'off';
      showState();
    },
    left: () => askToken(t('login.ended')),
  });
  timers = [setInterval(loadHistory, historyEvery), setInterval(loadNodes, nodesEvery)];
}

addEventListener('hashchange', () => {
  if (!chrome || location.hash === '#main') return;
  draw(false);
  chrome.title.focus();
});

begin().catch((error) => askToken(error.code === 'unauthenticated' ? '' : sentence(error)));
