import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ban, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { session, synchronise, toasts } from '@/model';
import { resetModel } from '@/model/reset';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@/testing';
import SettingsView from './index';

const ban = (id: string, change: Partial<Ban>): Ban => ({
  id,
  kind: 'address',
  target: '198.51.100.7',
  name: '',
  color: 8,
  reason: '',
  added: '2026-11-20T10:00:00.000Z',
  blocked: 0,
  ends: '',
  ended: false,
  tell: false,
  ...change,
});

let fake: FakeBackend;
let stop: () => void;

async function show(): Promise<void> {
  render(<SettingsView page="bans" />);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
}

const called = (method: string) => fake.calls.filter(([name]) => name === method);
const field = (name: string | RegExp) => screen.getByRole('textbox', { name });
const write = (name: string | RegExp, value: string) => fireEvent.change(field(name), { target: { value } });
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));

beforeEach(() => {
  resetModel();
  fake = new FakeBackend({
    state: sampleState([sampleConversation('ana', { name: 'Ana Duarte' })]),
    bans: [
      ban('1', { kind: 'range', target: '203.0.113.0/24', blocked: 1204, added: '2026-11-21T10:00:00.000Z' }),
      ban('2', { kind: 'peer', target: 'tc1viktor', name: 'Viktor S.', reason: 'Spam', blocked: 12 }),
      ban('3', { target: '198.51.100.77', added: '2026-11-19T10:00:00.000Z' }),
    ],
  });
  setBackend(fake);
  stop = synchronise(fake);
});

afterEach(() => {
  cleanup();
  stop();
});

describe('ban list', () => {
  const rows = () => [...document.querySelectorAll<HTMLElement>('[data-ban]')].map((row) => row.dataset.ban);

  it('shows, searches, filters and sorts', async () => {
    await show();
    await waitFor(() => expect(rows()).toEqual(['1', '2', '3']));
    expect(screen.getByText('1,216 attempts blocked')).toBeDefined();
    press('Blocked');
    press('Blocked');
    await waitFor(() => expect(rows()).toEqual(['3', '2', '1']));
    expect(screen.getByRole('columnheader', { name: 'Blocked' }).getAttribute('aria-sort')).toBe('ascending');
    fireEvent.click(within(screen.getByRole('radiogroup', { name: 'Show' })).getByText('People'));
    await waitFor(() => expect(rows()).toEqual(['2']));
    write('Search the ban list', 'nobody');
    expect(await screen.findByText('No ban like that')).toBeDefined();
    press('Show all');
    await waitFor(() => expect(rows()).toHaveLength(3));
  });

  it('moves by arrows with one Tab stop, removes with Delete and undoes', async () => {
    await show();
    await waitFor(() => expect(rows()).toHaveLength(3));
    const reachable = () =>
      [...document.querySelectorAll('tr[tabindex="0"]')].map((row) => (row as HTMLElement).dataset.ban);
    expect(reachable()).toEqual(['1']);
    act(() => document.querySelector<HTMLElement>('[data-ban="1"]')?.focus());
    fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowDown' });
    expect(reachable()).toEqual(['2']);
    fireEvent.keyDown(document.activeElement as Element, { key: 'Delete' });
    await waitFor(() => expect(rows()).toEqual(['1', '3']));
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.ban).toBe('3'));
    await waitFor(() => expect(toasts.getState().current?.text).toBe('Removed the ban on Viktor S.'));
    expect(toasts.getState().current?.action?.keys).toBe('Ctrl Z');
    act(() => toasts.getState().current?.action?.run());
    await waitFor(() => expect(rows()).toEqual(['1', '2', '3']));
    expect(called('restoreBan')[0]?.[1]).toMatchObject({ id: '2', reason: 'Spam', blocked: 12 });
  });

  it('offers what was meant, follows the kind, and adds', async () => {
    await show();
    write('PeerID', '198.51.100.0/33');
    fireEvent.click(await screen.findByRole('button', { name: '198.51.100.0/24' }));
    const range = await screen.findByRole('textbox', { name: 'Range' });
    expect((range as HTMLInputElement).value).toBe('198.51.100.0/24');
    write('Reason', 'Flooding');
    press(/^Add(?!ed)/);
    await waitFor(() =>
      expect(called('addBan')).toEqual([
        ['addBan', { kind: 'range', target: '198.51.100.0/24', reason: 'Flooding', ends: '', tell: false }],
      ]),
    );
    await waitFor(() => expect(rows()).toHaveLength(4));
  });

  it('leaves the focus with what somebody went on to while it was added', async () => {
    await show();
    write('PeerID', '198.51.100.9');
    const address = await screen.findByRole('textbox', { name: 'Address' });
    for (const elsewhere of [true, false]) {
      fireEvent.change(address, { target: { value: elsewhere ? '198.51.100.9' : '198.51.100.10' } });
      address.focus();
      press(/^Add(?!ed)/);
      const row = document.querySelector<HTMLElement>('[data-ban]');
      if (elsewhere) row?.focus();
      await waitFor(() => expect((address as HTMLInputElement).value).toBe(''));
      expect(document.activeElement).toBe(elsewhere ? row : address);
    }
  });

  it('names whom a ban touches, and refuses a reason that is too long', async () => {
    await show();
    write('PeerID', 'tc1ana');
    await screen.findByText(/Closes the line to Ana Duarte/);
    write('Reason', '字'.repeat(201));
    expect(screen.getByText(/has 201 characters/)).toBeDefined();
    press(/^Add(?!ed)/);
    expect(called('addBan')).toEqual([]);
  });

  it('says when the list cannot be read, and asks again', async () => {
    fake.refuse('bansPage', 'disk-full');
    await show();
    await screen.findByText(/disk is full/);
    fake.refuse('bansPage', undefined);
    press('Try again');
    await waitFor(() => expect(rows()).toHaveLength(3));
  });
});

describe('ban list as a file', () => {
  const rows = () => document.querySelectorAll('[data-ban]');

  it('names the lines that could not be taken, and writes where it went', async () => {
    await show();
    await waitFor(() => expect(rows()).toHaveLength(3));
    press('Import');
    const list = new File(['*.bulk.example.net # ads\n198.51.100.0/33\n198.51.100.77\n; nothing'], 'old.txt');
    fireEvent.change(await screen.findByLabelText('Choose a file…', { selector: 'input' }), {
      target: { files: [list] },
    });
    await screen.findByText(/1 ban added\. 1 was on the list already\. 1 line could not be taken:/);
    const refused = within(screen.getByRole('list', { name: 'Lines that could not be taken' }));
    expect(refused.getByText('Line 2')).toBeDefined();
    expect(refused.getByText(/\/33 is too long for IPv4/)).toBeDefined();
    press('Done');
    await waitFor(() => expect(rows()).toHaveLength(4));
    press('Export');
    await waitFor(() => expect(toasts.getState().current?.text).toContain('4 bans to /home/ana/Downloads'));
  });

  it('is cleared after a question', async () => {
    await show();
    await waitFor(() => expect(rows()).toHaveLength(3));
    press('Options');
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Clear list…' }));
    await screen.findByText('Remove all 3 bans?');
    press('Remove all');
    expect(await screen.findByText('Nobody is banned', { selector: 'b' })).toBeDefined();
  });
});

describe('a ban', () => {
  it('gets another reason and end', async () => {
    await show();
    await waitFor(() => expect(document.querySelectorAll('[data-ban]')).toHaveLength(3));
    press('Options for the ban on Viktor S.');
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Edit…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Ban on Viktor S.' }));
    fireEvent.change(dialog.getByRole('textbox', { name: 'Reason' }), { target: { value: 'Less spam' } });
    fireEvent.change(dialog.getByRole('combobox', { name: 'Ends' }), { target: { value: 'week' } });
    fireEvent.click(dialog.getByRole('switch', { name: /Also tell my introduction servers/ }));
    fireEvent.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(called('editBan')[0]?.[1]).toBe('2'));
    expect(called('editBan')[0]?.[2]).toMatchObject({
      reason: 'Less spam',
      tell: true,
      ends: expect.stringMatching(/^20/) as string,
    });
  });

  it('of a domain says what it cannot do', async () => {
    await show();
    write('PeerID', '*.bulk.example.net');
    await screen.findByText(/A help, not a lock/);
    write('Domain', 'mail.*.net');
    await screen.findByText(/A star can stand only at the beginning/);
  });

  it('means everybody who came by a link', async () => {
    await show();
    fireEvent.change(screen.getByRole('combobox', { name: 'Ban' }), { target: { value: 'invite' } });
    await screen.findByText('You made no links yet.');
  });
});
