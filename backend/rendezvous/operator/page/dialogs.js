// Dialogs and the toast. <dialog> keeps the focus inside, makes the rest inert and closes with Esc.
import { button, h, put } from './dom.js';
import { sentence, t } from './words.js';

let count = 0;

/** Where the focus goes when a dialog closes: to what opened it, to what took its place, or to the heading. */
function wayBack() {
  const from = document.activeElement;
  const section = from?.closest('section');
  const buttons = () => [...(section?.isConnected ? section.querySelectorAll('button') : [])];
  const at = buttons().indexOf(from);
  return () => {
    // Whoever was led elsewhere meanwhile, to the login for one, stays there.
    if (document.activeElement && document.activeElement !== document.body) return;
    const next = from?.isConnected ? from : (buttons()[at] ?? buttons().at(-1) ?? document.querySelector('main h1'));
    next?.focus();
  };
}

function open(title, parts, actions) {
  count += 1;
  const id = `dialog-${count}`;
  const dialog = h(
    'dialog',
    { 'aria-labelledby': id },
    h('header', null, h('h2', { id }, title)),
    h('div', { class: 'body' }, parts),
    h('footer', null, actions),
  );
  const back = wayBack();
  dialog.addEventListener('close', () => {
    dialog.remove();
    back();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

const problem = () => h('p', { class: 'help err', role: 'alert' });

/** Asks before something that cannot be taken for granted. run() does it; what it throws is shown. */
export function confirm({ title, text, act, danger = true, field = '', run }) {
  const wrong = problem();
  const input = field
    ? h('input', {
        class: 'inp',
        maxlength: '200',
        id: `field-${count}`,
        autocomplete: 'off',
        onkeydown: (event) => {
          if (event.key === 'Enter' && !event.isComposing) yes.click();
        },
      })
    : undefined;
  const no = button('', t('cancel'), () => dialog.close());
  const yes = button(danger ? 'badfill' : 'pri', act, async () => {
    if (yes.getAttribute('aria-disabled')) return;
    yes.setAttribute('aria-disabled', 'true');
    try {
      await run(input?.value ?? '');
      dialog.close();
    } catch (error) {
      put(wrong, sentence(error));
      yes.removeAttribute('aria-disabled');
    }
  });
  const dialog = open(
    title,
    [
      text.map((line) => h('p', null, line)),
      input && h('div', { class: 'field' }, h('label', { for: input.id }, field), input),
      wrong,
    ],
    [no, yes],
  );
  // The safe one, or the field when there is something to write.
  (input ?? no).focus();
  return dialog;
}

/** Shows something once, until it is closed. */
export function show({ title, parts, act, after }) {
  const dialog = open(title, parts, [button('pri', act, () => dialog.close())]);
  dialog.addEventListener('close', after);
}

/** A form in a dialog. submit() returns what to close with, or throws what is shown at the first field. */
export function form({ title, fields, act, acting, submit }) {
  const go = h('button', { type: 'submit', class: 'btn pri', form: 'dialog-form' }, act);
  const wrong = h('p', { class: 'help err', id: 'dialog-wrong', role: 'alert' });
  const first = fields[0].input;
  const parts = h(
    'form',
    {
      id: 'dialog-form',
      novalidate: true,
      onsubmit: async (event) => {
        event.preventDefault();
        if (go.getAttribute('aria-disabled')) return;
        go.setAttribute('aria-disabled', 'true');
        put(go, acting);
        try {
          await submit();
          dialog.close();
        } catch (error) {
          put(wrong, sentence(error));
          first.setAttribute('aria-invalid', 'true');
          first.focus();
        } finally {
          go.removeAttribute('aria-disabled');
          put(go, act);
        }
      },
    },
    fields.map(({ label, input, help }, at) =>
      h('div', { class: 'field' }, h('label', { for: input.id }, label), input, help, at === 0 && wrong),
    ),
  );
  first.setAttribute('aria-describedby', `dialog-wrong ${fields[0].help.id}`);
  first.addEventListener('input', () => {
    first.removeAttribute('aria-invalid');
    put(wrong, '');
  });
  const dialog = open(title, parts, [button('', t('cancel'), () => dialog.close()), go]);
  first.focus();
}

let hiding;
let undoing; // what Ctrl Z does while the toast shows

/** Says what was done, for 6 s or as long as it is looked at; undo is optional. What it throws goes to failed(). */
export function toast(text, undo, failed) {
  const place = document.getElementById('toast');
  const hide = () => {
    if (!place.matches(':hover, :focus-within')) clear();
    else hiding = setTimeout(hide, 2000);
  };
  const clear = () => {
    undoing = undefined;
    place.replaceChildren();
  };
  const back = wayBack();
  clearTimeout(hiding);
  undoing =
    undo &&
    (async () => {
      clear();
      back();
      try {
        await undo();
      } catch (error) {
        failed(error);
      }
    });
  place.replaceChildren(
    h('div', { class: 'toast' }, h('span', { class: 'long' }, text), undoing && button('sm', t('undo'), undoing)),
  );
  hiding = setTimeout(hide, 6000);
}

addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input, select, textarea, dialog');
  if (!undoing || typing || event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey)
    return;
  event.preventDefault();
  undoing();
});
