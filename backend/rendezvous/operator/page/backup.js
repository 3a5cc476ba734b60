// A copy of what the server keeps, as a download. A copy that is not whole is not given.
import { CallError, number, stream } from './api.js';
import { button, h, put } from './dom.js';
import { sizeText } from './format.js';
import { sentence, t } from './words.js';

const gathered = 16 << 20; // bytes in memory before they are handed to the browser's own keeping
const mostChecked = 256 << 20; // bytes: the checksum is made in memory

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Reads the stream to its end. progress(bytes) comes as it goes. */
async function read(progress, signal) {
  const kept = [];
  let pieces = [];
  let held = 0;
  let bytes = 0;
  let end;
  const hand = () => {
    kept.push(new Blob(pieces));
    pieces = [];
    held = 0;
  };
  await stream(
    'Backup',
    (message) => {
      end = message.end ?? end;
      if (!message.data) return;
      const piece = bytesOf(message.data);
      pieces.push(piece);
      held += piece.length;
      bytes += piece.length;
      if (held >= gathered) hand();
      progress(bytes);
    },
    signal,
  );
  hand();
  if (!end || number(end.bytes) !== bytes) throw new CallError('backup-cut', '');
  return { blob: new Blob(kept), bytes, sum: hex(bytesOf(end.sha256)) };
}

/** Whether the copy is what was sent; undefined where that cannot be told here. */
async function checked({ blob, bytes, sum }) {
  // Browsers make checksums only for pages of this machine or with TLS.
  if (!globalThis.crypto?.subtle || bytes > mostChecked) return undefined;
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()))) === sum;
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  h('a', { href: address, download: name }).click();
  // The download holds the blob; a minute is enough for it to begin.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const stamp = (date) => date.toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');

/** A button, what it is doing, and what came of it. */
export function backUp(app) {
  const said = h('p', { class: 'small muted', role: 'status' });
  const sum = h('p', { class: 'small mono long' });
  const wrong = h('p', { class: 'help err', role: 'alert' });
  let control;

  async function begin() {
    if (control) return control.abort();
    control = new AbortController();
    put(wrong, '');
    put(sum, '');
    put(go, t('cancel'));
    put(said, t('backup.reading', { size: sizeText(0) }));
    try {
      const copy = await read((bytes) => put(said, t('backup.reading', { size: sizeText(bytes) })), control.signal);
      const good = await checked(copy);
      if (good === false) throw new CallError('backup-cut', '');
      save(copy.blob, `rendezvous-${stamp(new Date())}.backup`);
      put(said, t(good ? 'backup.checked' : 'backup.unchecked', { size: sizeText(copy.bytes) }));
      put(sum, `SHA-256 ${copy.sum}`);
    } catch (error) {
      put(said, control.signal.aborted ? t('backup.cancelled') : '');
      if (error.code === 'unauthenticated') app.complain(error);
      else if (!control.signal.aborted) put(wrong, sentence(error));
    } finally {
      control = undefined;
      put(go, t('backup.do'));
    }
  }

  const go = button('sm', t('backup.do'), begin);
  return [h('p', null, t('backup.text')), go, said, sum, wrong];
}
