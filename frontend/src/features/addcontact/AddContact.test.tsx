import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Invite, type InvitePreview, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { en } from '@/i18n/en';
import { synchronise, toasts, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor, within } from '@/testing';
import { copyText } from './copy';
import AddContactDialog from './index';
import { codeMeasure, reusable } from './invites';
import { changedLink } from './useInvite';

const invite = (id: string, change: Partial<Invite> = {}): Invite => ({
  id,
  label: '',
  link: `tincan:invite/1#${id}${'x'.repeat(300)}`,
  short: `tincan:invite/1#${id}…`,
  qr: 'M0 0h1v1h-1z',
  qrSize: 45,
  created: new Date().toISOString(),
  expires: '2999-11-28T10:00:00.000Z',
  uses: 1,
  used: 0,
  people: [],
  active: true,
  ...change,
});

const noor: InvitePreview = {
  peerId: 'tc1noor',
  name: 'Noor Haddad',
  color: 6,
  servers: ['lines.example.net:7443'],
  expires: '2999-11-28T10:00:00.000Z',
  safetyNumber: '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274',
};

let fake: FakeBackend;
let stop: () => void;
const closed = vi.fn();

function begin(invites: Invite[] = [invite('one', { label: 'For Noor' })]): void {
  stop?.();
  resetModel();
  fake = new FakeBackend({
    state: sampleState([sampleConversation('ana', { name: 'Ana Duarte' })]),
    invites,
    previews: { noor, ana: { ...noor, name: 'Ana Duarte', conversation: 'ana' } },
  });
  setBackend(fake);
  stop = synchronise(fake);
}

const show = (tab: 'invite' | 'paste', link = '') =>
  render(<AddContactDialog tab={tab} link={link} onClose={closed} />);
const called = (method: string) => fake.calls.filter(([name]) => name === method);
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const link = () => screen.getByRole('textbox', { name: en.addcontact.pasteLabel });
const message = () => screen.getByRole('textbox', { name: /first message/ });

beforeEach(() => {
  closed.mockClear();
  begin();
});

afterEach(() => {
  vi.useRealTimers();
  stop();
});

describe('my invite', () => {
  it('shows the newest link that works, and copies the whole of it', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    begin([invite('over', { active: false }), invite('club', { uses: 5 }), invite('good'), invite('older')]);
    show('invite');
    await screen.findByRole('img', { name: /QR code/ });
    expect(screen.getByText(/2 other links are active/)).toBeDefined();
    fireEvent.click(button('Copy link'));
    await screen.findByRole('button', { name: 'Copied' });
    expect(writeText).toHaveBeenCalledWith(invite('good').link);
    expect(called('createInvite')).toEqual([]);
  });

  it('makes one when none works', async () => {
    begin([invite('over', { active: false })]);
    show('invite');
    await screen.findByRole('img', { name: /QR code/ });
    expect(called('createInvite')).toEqual([['createInvite', { label: '', days: 7, uses: 1 }]]);
  });

  it('makes a new one as it was chosen', async () => {
    show('invite');
    fireEvent.change(await screen.findByLabelText('Link works for'), { target: { value: '30' } });
    fireEvent.change(screen.getByLabelText('Number of people'), { target: { value: '5' } });
    fireEvent.change(screen.getByLabelText(/^Label/), { target: { value: '  Kayak club ' } });
    fireEvent.click(button('Make a new link'));
    await screen.findByText(/5 people$/, { selector: 'p' });
    expect(called('createInvite')).toEqual([['createInvite', { label: 'Kayak club', days: 30, uses: 5 }]]);
  });

  it('takes one of today for one person again, and none else', () => {
    const now = new Date(2026, 10, 21, 9, 0);
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 0).toISOString();
    const list = [
      invite('club', { uses: 5, created: at(21, 8) }),
      invite('revoked', { active: false, created: at(21, 7) }),
      invite('newest', { created: at(21, 6) }),
      invite('older', { created: at(21, 5) }),
      invite('yesterday', { created: at(20, 23) }),
    ];
    expect(reusable(list, now)?.id).toBe('newest');
    expect(reusable(list.slice(4), now)).toBeUndefined();
  });

  it('draws the code in whole pixels, with four modules of ground', () => {
    expect(codeMeasure(69)).toEqual({ width: 231, quiet: 12 });
    expect(codeMeasure(45)).toEqual({ width: 212, quiet: 16 });
    expect(codeMeasure(177)).toEqual({ width: 370, quiet: 8 });
  });

  it('shows a link that was copied in vain as a whole', async () => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
    begin([invite('good')]);
    show('invite');
    fireEvent.click(await screen.findByRole('button', { name: 'Copy link' }));
    await screen.findByText(invite('good').link);
    expect(screen.getByText(en.app.copyFailed)).toBeDefined();
  });

  it('keeps the others at hand when none can be made', async () => {
    begin([invite('yesterday', { created: '2020-01-01T00:00:00.000Z' })]);
    fake.refuse('createInvite', 'no-server');
    show('invite');
    await screen.findByRole('alert');
    expect(screen.getByText(/1 other link is active/)).toBeDefined();
    expect(button('Manage links')).toBeDefined();
  });

  it('says where to go when nobody could find me', async () => {
    begin([]);
    show('invite');
    expect((await screen.findByRole('alert')).textContent).toContain('introduction server');
    fireEvent.click(button('Network settings'));
    expect(view.getState().place).toEqual({ kind: 'settings', page: 'network' });
  });

  it('asks before a link is revoked, and says of each how it ended', async () => {
    begin([
      invite('good', { label: 'Club', uses: 5, used: 2, people: ['Elif', 'Ole'] }),
      invite('full', { active: false, used: 1 }),
      invite('old', { active: false, expires: '2020-01-01T00:00:00.000Z' }),
    ]);
    fake.refuse('createInvite', 'no-server');
    show('invite');
    fireEvent.click(await screen.findByRole('button', { name: 'Manage links' }));
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows[0]).toMatch(/^Club2 of 5 came: Elif and Ole · works until/);
    expect(rows[1]).toMatch(/used up/);
    expect(rows[2]).toMatch(/expired on/);
    button('Revoke').focus();
    fireEvent.click(button('Revoke'));
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Keep'));
    fireEvent.click(button('Keep'));
    expect(called('revokeInvite')).toEqual([]);
    fireEvent.click(button('Revoke'));
    fireEvent.click(button('Revoke'));
    await waitFor(() => expect(called('revokeInvite')).toEqual([['revokeInvite', 'good']]));
    await screen.findByText(/2 of 5 came: Elif and Ole · revoked/);
    expect(toasts.getState().current?.text).toBe(en.addcontact.revoked);
    expect(screen.queryByRole('button', { name: 'Revoke' })).toBeNull();
  });
});

describe('a link of somebody else', () => {
  it('is read at once when pasted, and shows whom it leads to', async () => {
    show('paste');
    fireEvent.change(link(), { target: { value: 'noor' } });
    await screen.findByText('Noor Haddad invites you');
    expect(screen.getByText(/30921 77450 18263 …/)).toBeDefined();
    fireEvent.click(button('Show all'));
    expect(screen.getByText(/63819 05274$/)).toBeDefined();
    expect(screen.getByText(/Via lines.example.net:7443/)).toBeDefined();
  });

  it('is read after a rest when typed, and only then', async () => {
    vi.useFakeTimers();
    show('paste');
    await act(() => vi.advanceTimersByTimeAsync(0));
    for (const text of ['n', 'no', 'noo']) {
      fireEvent.change(link(), { target: { value: text } });
      await act(() => vi.advanceTimersByTimeAsync(500));
    }
    expect(called('readInvite')).toEqual([]);
    await act(() => vi.advanceTimersByTimeAsync(200));
    expect(called('readInvite')).toEqual([['readInvite', 'noo']]);
    expect(link().getAttribute('aria-invalid')).toBe('true');
  });

  it.each([
    ['invite-expired', /expired on 14 November 2024. Ask Jo/],
    ['invite-empty', /Paste the invite you were sent/],
    ['invite-truncated', /cut off/],
    ['invite-damaged', /damaged/],
    ['invite-own', /your own/],
    ['invite-newer', /newer Tincan/],
    ['invite-banned', /banned/],
    ['invite-not', /not a Tincan invite/],
  ])('says what %s means, under the field', async (code, sentence) => {
    fake.refuse('readInvite', code, { date: '2024-11-14T08:00:00.000Z', name: 'Jo' });
    show('paste');
    fireEvent.change(link(), { target: { value: 'tincan:invite/1#jo' } });
    await screen.findByText(sentence);
    expect(link().getAttribute('aria-invalid')).toBe('true');
    expect(button(/^Send request/).getAttribute('aria-disabled')).toBe('true');
  });

  it('is read at once on Enter, and Enter goes on to the message', async () => {
    show('paste');
    fireEvent.keyDown(link(), { key: 'Enter' });
    await waitFor(() => expect(called('readInvite')).toEqual([['readInvite', '']]));
    for (const text of ['n', 'no', 'noo', 'noor']) fireEvent.change(link(), { target: { value: text } });
    fireEvent.keyDown(link(), { key: 'Enter' });
    await screen.findByText('Noor Haddad invites you');
    expect(called('readInvite')).toEqual([
      ['readInvite', ''],
      ['readInvite', 'noor'],
    ]);
    await waitFor(() => expect(document.activeElement).toBe(message()));
  });

  it('stays, with the message, while the other tab is looked at', async () => {
    show('paste', 'noor');
    await screen.findByText('Noor Haddad invites you');
    fireEvent.change(message(), { target: { value: 'Hi' } });
    fireEvent.click(screen.getByRole('tab', { name: 'My invite' }));
    await screen.findByRole('img', { name: /QR code/ });
    fireEvent.click(screen.getByRole('tab', { name: 'Paste a link' }));
    await screen.findByText('Noor Haddad invites you');
    expect((message() as HTMLTextAreaElement).value).toBe('Hi');
    fireEvent.change(link(), { target: { value: 'nonsense' } });
    await screen.findByText(/not a Tincan invite/);
    fireEvent.change(link(), { target: { value: 'noor' } });
    await screen.findByText('Noor Haddad invites you');
    expect((message() as HTMLTextAreaElement).value).toBe('Hi');
  });

  it('does not send while an input method composes', async () => {
    show('paste', 'noor');
    await screen.findByText('Noor Haddad invites you');
    fireEvent.change(message(), { target: { value: '你好' } });
    fireEvent.keyDown(message(), { key: 'Enter', isComposing: true });
    fireEvent.keyDown(message(), { key: 'Enter', keyCode: 229 });
    expect(called('sendRequest')).toEqual([]);
  });

  it('of somebody who became a contact meanwhile leads to them', async () => {
    fake.refuse('sendRequest', 'contact-already', { name: 'Noor', conversation: 'ana' });
    show('paste', 'noor');
    await screen.findByText('Noor Haddad invites you');
    fireEvent.change(message(), { target: { value: 'Hi' } });
    fireEvent.click(button('Send request'));
    fireEvent.click(await screen.findByRole('button', { name: 'Open the conversation' }));
    expect(view.getState().conversation).toBe('ana');
  });

  it.each([
    ['text-empty', /nothing to send/],
    ['request-long', /up to 1 KiB/],
    ['text-invalid', /cannot be sent/],
    ['invite-expired', /expired on 14 November 2024. Ask Jo/],
  ])('says why it does not go out: %s', async (code, sentence) => {
    fake.refuse('sendRequest', code, { date: '2024-11-14T08:00:00.000Z', name: 'Jo' });
    show('paste', 'noor');
    await screen.findByText('Noor Haddad invites you');
    fireEvent.change(message(), { target: { value: 'Hi' } });
    fireEvent.click(button('Send request'));
    expect((await screen.findByRole('alert')).textContent).toMatch(sentence);
  });

  it('goes out with the first message on Enter, and the conversation opens', async () => {
    show('paste', 'noor');
    await screen.findByText('Noor Haddad invites you');
    await waitFor(() => expect(document.activeElement).toBe(message()));
    fireEvent.keyDown(message(), { key: 'Enter' });
    fireEvent.change(message(), { target: { value: ' Hi Noor \n' } });
    fireEvent.keyDown(message(), { key: 'Enter', shiftKey: true });
    expect(called('sendRequest')).toEqual([]);
    fireEvent.keyDown(message(), { key: 'Enter' });
    await waitFor(() => expect(called('sendRequest')).toEqual([['sendRequest', 'noor', 'Hi Noor']]));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(view.getState().conversation).toBe('asked-tc1noor');
  });

  it('keeps the message when it is refused', async () => {
    fake.refuse('sendRequest', 'disk-full');
    show('paste', 'noor');
    await screen.findByText('Noor Haddad invites you');
    fireEvent.change(message(), { target: { value: 'Hi' } });
    fireEvent.click(button('Send request'));
    expect((await screen.findByRole('alert')).textContent).toContain('disk is full');
    expect((message() as HTMLTextAreaElement).value).toBe('Hi');
    expect(closed).not.toHaveBeenCalled();
  });

  it('counts bytes and holds back what is too long', async () => {
    show('paste', 'noor');
    await screen.findByText('Noor Haddad invites you');
    fireEvent.change(message(), { target: { value: '你'.repeat(342) } });
    expect(screen.getByText('1,026 of 1,024 bytes')).toBeDefined();
    expect(button(/^Send request/).getAttribute('aria-disabled')).toBe('true');
    fireEvent.keyDown(message(), { key: 'Enter' });
    expect(called('sendRequest')).toEqual([]);
  });

  it('of a contact leads to the conversation', async () => {
    show('paste', 'ana');
    fireEvent.click(await screen.findByRole('button', { name: 'Open the conversation' }));
    expect(within(screen.getByRole('dialog')).queryByRole('textbox', { name: /first message/ })).toBeNull();
    expect(view.getState().conversation).toBe('ana');
  });
});

describe('parts', () => {
  it.each([
    ['', 't', false],
    ['tin', 'ti', false],
    ['tincan:one', '', false],
    ['tincan:one', 'tincan:once', false],
    ['', 'tincan:', true],
    ['tincan:aaaa', 'tincan:bbbb', true],
    ['tincan:a long one', 'tincan:bb', true],
  ])('tell whether %j to %j was pasted', (before, text, atOnce) => {
    expect(changedLink(before, text)).toEqual({ text, atOnce, asked: 0 });
  });
});

describe('copying without a clipboard', () => {
  afterEach(() => Reflect.deleteProperty(document, 'execCommand'));

  const refuseClipboard = () =>
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText: () => Promise.reject(new Error('no')) },
      configurable: true,
    });

  it('marks the text in a field of the dialog, and gives the focus back', async () => {
    refuseClipboard();
    let marked = '';
    document.execCommand = () => {
      const field = document.activeElement as HTMLTextAreaElement;
      marked = field.value.slice(field.selectionStart, field.selectionEnd);
      return field.closest('[role="dialog"]') !== null;
    };
    show('invite');
    const copy = await screen.findByRole('button', { name: 'Copy link' });
    act(() => copy.focus());
    expect(await copyText('tincan:invite/1#whole')).toBe(true);
    expect(marked).toBe('tincan:invite/1#whole');
    await waitFor(() => expect(document.activeElement).toBe(copy));
    expect(document.querySelector('textarea')).toBeNull();
  });

  it('says when that is refused too', async () => {
    refuseClipboard();
    expect(await copyText('x')).toBe(false);
    document.execCommand = () => false;
    expect(await copyText('x')).toBe(false);
    expect(document.querySelector('textarea')).toBeNull();
  });
});
