import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { type SettingsPage, session, synchronise, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@/testing';
import SettingsView from './index';

// There is no canvas here: what it cuts out is seen in Chromium (e2e/manner.test.mjs).
vi.mock('./crop', async (load) => ({ ...(await load<object>()), cut: () => 'data:image/png;base64,cut' }));

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
  fake = new FakeBackend({ state: sampleState([sampleConversation('ana', { name: 'Ana Duarte' })]) });
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
  const use = async () => fireEvent.click(await screen.findByRole('button', { name: 'Use it' }));

  it('a picture is seen before it is saved, can be taken back, and is sent with the rest', async () => {
    await show('profile');
    choose(new File(['png'], 'me.png', { type: 'image/png' }));
    await screen.findByRole('dialog', { name: 'Choose what is seen' });
    press('Cancel');
    expect(shown()).toBeUndefined();
    choose(new File(['png'], 'me.png', { type: 'image/png' }));
    await use();
    await waitFor(() => expect(shown()).toBe('data:image/png;base64,cut'));
    press('Remove');
    await waitFor(() => expect(shown()).toBeUndefined());
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Use a picture'));
    choose(new File(['png'], 'me.png', { type: 'image/png' }));
    await use();
    await waitFor(() => expect(shown()).toBeDefined());
    write('About', 'at sea');
    press(/^Save/);
    const sent = ['setProfile', 'Mira Lind', 2, 'at sea', 'data:image/png;base64,cut'];
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
    choose(new File([new Uint8Array((20 << 20) + 1)], 'large.png', { type: 'image/png' }));
    await screen.findByText(/This picture cannot be used/);
    write('Name', 'Mira Li');
    choose(new File(['x'], 'broken.png', { type: 'image/png' }));
    fireEvent.error((await screen.findByRole('dialog')).querySelector('img') as Element);
    await screen.findByText(/This picture cannot be used/);
    expect(screen.queryByRole('dialog')).toBeNull();
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
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 's e@t' } });
    press('Use it');
    expect(screen.getByText('A password needs the name that it belongs to.')).toBeDefined();
    expect(kept()).toBe('');
    write('Name, if it wants one', 'ana');
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
