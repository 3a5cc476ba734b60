import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Invite, type InvitePreview, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { en } from '@/i18n/en';
import { synchronise, view } from '@/model';
import { resetModel } from '@/model/reset';
import { sizeOf } from './first';
import AddContactDialog from './index';
import { changedLink } from './useInvite';

const invite = (id: string, change: Partial<Invite> = {}): Invite => ({
  id,
  label: '',
  link: `tincan:invite/1#${id}${'x'.repeat(300)}`,
  short: `tincan:invite/1#${id}…`,
  qr: 'M0 0h1v1h-1z',
  qrSize: 45,
  created: '2026-11-20T10:00:00.000Z',
  expires: '2999-11-28T10:00:00.000Z',
  uses: 1,
  used: 0,
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
    begin([invite('over', { active: false }), invite('good'), invite('older')]);
    show('invite');
    await screen.findByRole('img', { name: /QR code/ });
    expect(screen.getByText(/1 other link is active/)).toBeDefined();
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

  it('says where to go when nobody could find me', async () => {
    begin([]);
    show('invite');
    expect((await screen.findByRole('alert')).textContent).toContain('introduction server');
    fireEvent.click(button('Network settings'));
    expect(view.getState().place).toEqual({ kind: 'settings', page: 'network' });
  });

  it('asks before a link is revoked, and says of each how it ended', async () => {
    begin([
      invite('good', { label: 'Club', uses: 5, used: 2 }),
      invite('full', { active: false, used: 1 }),
      invite('old', { active: false, expires: '2020-01-01T00:00:00.000Z' }),
    ]);
    show('invite');
    fireEvent.click(await screen.findByRole('button', { name: 'Manage links' }));
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows[0]).toMatch(/^Club2 of 5 came · works until/);
    expect(rows[1]).toMatch(/used up/);
    expect(rows[2]).toMatch(/expired on/);
    fireEvent.click(button('Revoke'));
    expect(document.activeElement?.textContent).toBe('Keep');
    fireEvent.click(button('Keep'));
    expect(called('revokeInvite')).toEqual([]);
    fireEvent.click(button('Revoke'));
    fireEvent.click(button('Revoke'));
    await waitFor(() => expect(called('revokeInvite')).toEqual([['revokeInvite', 'good']]));
    await screen.findByText(/2 of 5 came · revoked/);
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

  it('goes out with the first message on Enter, and the conversation opens', async () => {
    show('paste', 'noor');
    await screen.findByText('Noor Haddad invites you');
    expect(document.activeElement).toBe(message());
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
  it('tell a paste from typing', () => {
    expect(changedLink('', 't')).toEqual({ text: 't', pasted: false });
    expect(changedLink('tin', 'ti').pasted).toBe(false);
    expect(changedLink('', 'tincan:').pasted).toBe(true);
  });

  it('count what goes out', () => expect(sizeOf(' 你 a\n')).toBe(5));
});
