import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ban, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { type SettingsPage, session, synchronise, toasts, view } from '@/model';
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

async function show(page: SettingsPage): Promise<void> {
  render(<SettingsView page={page} />);
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

describe('profile', () => {
  it('saves name and colour, and not before something changed', async () => {
    await show('profile');
    press(/^Save/);
    expect(called('setProfile')).toEqual([]);
    write('Name', 'Mira L.');
    fireEvent.click(screen.getByRole('radio', { name: 'Sea' }));
    press(/^Save/);
    await waitFor(() => expect(called('setProfile')).toEqual([['setProfile', 'Mira L.', 5, '', '']]));
    await waitFor(() => expect(session.getState().profile).toMatchObject({ name: 'Mira L.', color: 5 }));
  });

  it('keeps what was typed when it is refused, and says why', async () => {
    await show('profile');
    fake.refuse('setProfile', 'name-long');
    write('Name', 'x'.repeat(70));
    press(/^Save/);
    await screen.findByText(/name is too long/);
    expect(field('Name').getAttribute('aria-invalid')).toBe('true');
    expect((field('Name') as HTMLInputElement).value).toHaveLength(70);
  });
});

describe('picture and about', () => {
  const file = () => screen.getByLabelText('Use a picture', { selector: 'input' });
  const choose = (one: File) => fireEvent.change(file(), { target: { files: [one] } });
  const shown = () => document.querySelector('main img')?.getAttribute('src');

  it('a picture is seen before it is saved, can be taken back, and is sent with the rest', async () => {
    await show('profile');
    choose(new File(['png'], 'me.png', { type: 'image/png' }));
    await waitFor(() => expect(shown()).toBe(`data:image/png;base64,${btoa('png')}`));
    press('Remove');
    await waitFor(() => expect(shown()).toBeUndefined());
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Use a picture'));
    choose(new File(['png'], 'me.png', { type: 'image/png' }));
    await waitFor(() => expect(shown()).toBeDefined());
    write('About', 'at sea');
    press(/^Save/);
    const sent = ['setProfile', 'Mira Lind', 2, 'at sea', `data:image/png;base64,${btoa('png')}`];
    await waitFor(() => expect(called('setProfile')).toEqual([sent]));
    await waitFor(() => expect(session.getState().profile.picture).toBeDefined());
    // The picture that is there stays by its name.
    const { picture } = session.getState().profile;
    write('About', 'on land');
    press(/^Save/);
    await waitFor(() =>
      expect(called('setProfile').at(-1)).toEqual(['setProfile', 'Mira Lind', 2, 'on land', picture]),
    );
  });

  it('says which files cannot be a picture', async () => {
    await show('profile');
    choose(new File(['x'], 'notes.txt', { type: 'text/plain' }));
    await screen.findByText(/This picture cannot be used/);
    write('Name', 'Mira');
    expect(screen.queryByText(/This picture cannot be used/)).toBeNull();
    choose(new File([new Uint8Array((2 << 20) + 1)], 'large.png', { type: 'image/png' }));
    await screen.findByText(/This picture cannot be used/);
  });

  it('counts the characters of an about as people do, and keeps what is too long from being saved', async () => {
    await show('profile');
    write('About', '⛵'.repeat(140));
    expect(screen.getByText('140 of 140 characters')).toBeDefined();
    write('About', `${'⛵'.repeat(140)}!`);
    expect(screen.getByText(/This has 141 characters, the most is 140/)).toBeDefined();
    press(/^Save/);
    expect(called('setProfile')).toEqual([]);
  });
});

describe('what others see', () => {
  it.each([
    ['Read marks', 'readReceipts', /Contacts do not see what you read/],
    ['When you are there', 'presence', /Contacts do not see when you are online/],
    ['Typing', 'typing', /Contacts do not see when you are writing/],
  ] as const)('%s says what it does in both directions, and goes back when refused', async (name, part, off) => {
    await show('profile');
    const marks = () => screen.getByRole<HTMLInputElement>('switch', { name: new RegExp(`^${name}`) });
    expect(marks().checked).toBe(true);
    fireEvent.click(marks());
    await screen.findByText(off);
    await waitFor(() => expect(session.getState().profile.privacy).toMatchObject({ route: 'any', [part]: false }));
    fake.refuse('setPrivacy', 'disk-full');
    fireEvent.click(marks());
    await screen.findByText(/The disk is full/);
    await waitFor(() => expect(marks().checked).toBe(false));
  });
});

describe('which way lines go', () => {
  it('says what each way tells the other side, and goes back when refused', async () => {
    await show('network');
    const way = () => screen.getByRole<HTMLSelectElement>('combobox', { name: 'Which way lines go' });
    expect(way().value).toBe('any');
    fireEvent.change(way(), { target: { value: 'relayed' } });
    await screen.findByText(/Contacts never see the address/);
    await waitFor(() => expect(session.getState().profile.privacy.route).toBe('relayed'));
    fake.refuse('setPrivacy', 'disk-full');
    fireEvent.change(way(), { target: { value: 'network' } });
    await screen.findByText(/The disk is full/);
    await waitFor(() => expect(way().value).toBe('relayed'));
  });
});

describe('network', () => {
  it('says what happens without servers, checks an address and adds it', async () => {
    await show('network');
    expect(screen.getByText('No introduction server')).toBeDefined();
    write('Add a server', 'tin.example.org:7443');
    expect(called('checkServer')).toEqual([]);
    expect(await screen.findByText(/Answers in 23 ms/)).toBeDefined();
    press(/^Add(?!ed)/);
    await waitFor(() => expect(session.getState().network.servers).toHaveLength(1));
    await waitFor(() => expect((field('Add a server') as HTMLInputElement).value).toBe(''));
  });

  it('says why an address is refused', async () => {
    await show('network');
    write('Add a server', 'nonsense');
    press(/^Add(?!ed)/);
    fake.refuse('addServer', 'server-address');
    await screen.findByText(/not the address of a server/);
  });

  it('tries a server that is down, and puts the switch back when it is refused', async () => {
    await show('network');
    const down = {
      id: 's',
      address: 'old.example.com:7443',
      mine: false,
      guest: false,
      rtt: -1,
      since: '',
      retryAt: '',
    };
    act(() => fake.emit({ network: { ...fake.state.network, servers: [{ ...down, state: 'down' }] } }));
    press('Try now');
    await waitFor(() => expect(called('retryServer')).toEqual([['retryServer', 's']]));
    fake.refuse('saveSettings', 'disk-full');
    fireEvent.click(screen.getByRole('switch', { name: /Introduce people/ }));
    await screen.findByText(/disk is full/);
    expect(session.getState().settings.hosting).toBe(true);
  });
});

describe('the port for direct lines', () => {
  const kept = () => session.getState().settings.linePort ?? 0;
  const way = () => screen.getByRole<HTMLSelectElement>('combobox', { name: 'Port for direct lines' });

  it('is any, or the first of a hundred that are named', async () => {
    await show('network');
    expect(way().value).toBe('any');
    expect(screen.queryByRole('textbox', { name: 'First UDP port' })).toBeNull();
    fireEvent.change(way(), { target: { value: 'chosen' } });
    await waitFor(() => expect(kept()).toBe(50000));
    expect(screen.getByText(/UDP 50000 to 50099/)).toBeDefined();
    write('First UDP port', ' 41000');
    expect(kept()).toBe(50000);
    fireEvent.keyDown(field('First UDP port'), { key: 'Enter' });
    await waitFor(() => expect(kept()).toBe(41000));
    expect(screen.getByText(/UDP 41000 to 41099/)).toBeDefined();
    fireEvent.change(way(), { target: { value: 'any' } });
    await waitFor(() => expect(kept()).toBe(0));
  });

  it.each(['80', '65437', 'fifty', '', '5000.5', '-4000'])('says what a port can be instead of %j', async (wrong) => {
    await show('network');
    fireEvent.change(way(), { target: { value: 'chosen' } });
    await waitFor(() => expect(kept()).toBe(50000));
    write('First UDP port', wrong);
    fireEvent.focusOut(field('First UDP port'));
    expect(screen.getByText('Write a number from 1024 to 65436.')).toBeDefined();
    expect(field('First UDP port')).toHaveProperty('value', wrong);
    expect(kept()).toBe(50000);
  });
});

describe('the proxy', () => {
  const kept = () => session.getState().settings.proxy ?? '';

  async function openDialog(button: string): Promise<void> {
    press(button);
    await screen.findByRole('dialog', { name: 'Proxy' });
  }

  it('is written in parts, changed, and used no more', async () => {
    await show('network');
    await openDialog('Set up');
    expect(screen.queryByRole('button', { name: 'Use none' })).toBeNull();
    press('Use it');
    expect(screen.getByText(/Write a host/)).toBeDefined();
    write('Host', 'proxy.example');
    expect(screen.queryByText(/Write a host/)).toBeNull();
    write('Port', '1080');
    write('Name, if it wants one', 'ana');
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 's e@t' } });
    press('Use it');
    await waitFor(() => expect(kept()).toBe('socks5://ana:s%20e%40t@proxy.example:1080'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    // Whoever looks over a shoulder sees no password.
    expect(screen.getByText('socks5://proxy.example:1080')).toBeDefined();
    await openDialog('Change');
    fireEvent.change(screen.getByRole('combobox', { name: 'Kind' }), { target: { value: 'http' } });
    press('Use it');
    await waitFor(() => expect(kept()).toBe('http://ana:s%20e%40t@proxy.example:1080'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await openDialog('Change');
    fake.refuse('saveSettings', 'disk-full');
    press('Use none');
    await screen.findByText(/disk is full/);
    press('Use none');
    await waitFor(() => expect(kept()).toBe(''));
  });
});

describe('ban list', () => {
  const rows = () => [...document.querySelectorAll<HTMLElement>('[data-ban]')].map((row) => row.dataset.ban);

  it('shows, searches, filters and sorts', async () => {
    await show('bans');
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
    await show('bans');
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
    await show('bans');
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
    await show('bans');
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
    await show('bans');
    write('PeerID', 'tc1ana');
    await screen.findByText(/Closes the line to Ana Duarte/);
    write('Reason', '字'.repeat(201));
    expect(screen.getByText(/has 201 characters/)).toBeDefined();
    press(/^Add(?!ed)/);
    expect(called('addBan')).toEqual([]);
  });

  it('says when the list cannot be read, and asks again', async () => {
    fake.refuse('bansPage', 'disk-full');
    await show('bans');
    await screen.findByText(/disk is full/);
    fake.refuse('bansPage', undefined);
    press('Try again');
    await waitFor(() => expect(rows()).toHaveLength(3));
  });
});

describe('ban list as a file', () => {
  const rows = () => document.querySelectorAll('[data-ban]');

  it('names the lines that could not be taken, and writes where it went', async () => {
    await show('bans');
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
    await show('bans');
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
    await show('bans');
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
    await show('bans');
    write('PeerID', '*.bulk.example.net');
    await screen.findByText(/A help, not a lock/);
    write('Domain', 'mail.*.net');
    await screen.findByText(/A star can stand only at the beginning/);
  });

  it('means everybody who came by a link', async () => {
    await show('bans');
    fireEvent.change(screen.getByRole('combobox', { name: 'Ban' }), { target: { value: 'invite' } });
    await screen.findByText('You made no links yet.');
  });
});

describe('appearance', () => {
  it('holds at once', async () => {
    await show('appearance');
    fireEvent.click(screen.getByRole('radio', { name: 'Dark' }));
    fireEvent.change(screen.getByRole('slider', { name: 'Text size' }), { target: { value: '3' } });
    fireEvent.change(screen.getByRole('combobox', { name: 'Language' }), { target: { value: 'zh-CN' } });
    fireEvent.change(screen.getByRole('combobox', { name: 'Reduce motion' }), { target: { value: 'less' } });
    fireEvent.click(screen.getByText('The left'));
    fireEvent.click(screen.getByText('Compact'));
    const chosen = { theme: 'dark', textSize: 1.3, language: 'zh-CN', still: true, ownLeft: true, compact: true };
    await waitFor(() => expect(fake.state.settings).toMatchObject(chosen));
  });
});

describe('navigation', () => {
  it('names the page and goes back', async () => {
    act(() => view.setState({ place: { kind: 'settings', page: 'bans' } }));
    await show('bans');
    expect(screen.getByRole('button', { name: 'Ban list' }).getAttribute('aria-current')).toBe('page');
    press('Network');
    expect(view.getState().place).toEqual({ kind: 'settings', page: 'network' });
    press('Back to conversations');
    expect(view.getState().place.kind).toBe('conversations');
  });
});
