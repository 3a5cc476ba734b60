import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { wholeDesktop } from '@/backend/fake-desktop';
import { sampleState } from '@/backend/samples';
import { followProgress, session, synchronise, toasts } from '@/model';
import { resetModel } from '@/model/reset';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@/testing';
import { StoragePage } from './StoragePage';

const words = 'three dry oars';

let fake: FakeBackend;
let stop: () => void;

const called = (method: string) => fake.calls.filter(([name]) => name === method);
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const write = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

async function show(): Promise<void> {
  render(<StoragePage />);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
  await screen.findByText('408 MB used');
  await screen.findByText(/Protects your keys and sealed mail, not the history on this disk/);
}

beforeEach(() => {
  resetModel();
  fake = new FakeBackend({ state: sampleState([]) });
  setBackend(fake);
  stop = synchronise(fake);
});

afterEach(() => {
  cleanup();
  stop();
});

describe('storage', () => {
  it('says what takes how much; search and pictures are counted once', async () => {
    await show();
    const parts = screen.getAllByRole('listitem').map((item) => item.textContent);
    expect(parts).toEqual([
      expect.stringMatching(/^Messages 269 MB$/),
      expect.stringMatching(/^Search index 41 MB$/),
      expect.stringMatching(/^Pictures 2\.4 MB$/),
      expect.stringMatching(/^Copies from before updates 96 MB$/),
      expect.stringMatching(/^Other 120 kB$/),
    ]);
    expect(screen.getByText('408 MB used')).toBeDefined();
    expect(screen.getByText('118 GB free on this disk')).toBeDefined();
  });

  it('shows the folder, or says where it is', async () => {
    await show();
    fireEvent.click(await screen.findByRole('button', { name: 'Show folder' }));
    expect(called('showFolder')).toHaveLength(1);
    expect(screen.queryByRole('alert')).toBeNull();
    fake.refuse('showFolder', 'show-folder', { path: '/home/mira/tincan' });
    press('Show folder');
    expect((await screen.findByRole('alert')).textContent).toBe('Nothing shows folders here. It is /home/mira/tincan.');
  });

  it('offers no folder in a browser', async () => {
    stop();
    fake = new FakeBackend({ state: sampleState([]), desktop: { ...wholeDesktop, window: false } });
    setBackend(fake);
    stop = synchronise(fake);
    await show();
    await waitFor(() => expect(called('desktop')).toHaveLength(1));
    expect(screen.queryByRole('button', { name: 'Show folder' })).toBeNull();
  });

  it('says why it does not know', async () => {
    fake.refuse('storage', 'busy');
    render(<StoragePage />);
    expect((await screen.findByRole('alert')).textContent).toContain('A backup or a restore is under way');
  });
});

describe('a backup', () => {
  it('wants the same passphrase twice, and says where it is', async () => {
    await show();
    expect(screen.getByText('No backup yet.')).toBeDefined();
    press('Back up now');
    const dialog = within(await screen.findByRole('dialog', { name: 'Back up' }));
    write('Passphrase of the backup', words);
    write('The same once more', `${words}.`);
    fireEvent.click(dialog.getByRole('button', { name: 'Back up now' }));
    expect(await dialog.findByText('The two are not the same.')).toBeDefined();
    expect(called('saveBackup')).toEqual([]);
    write('The same once more', words);
    fireEvent.click(dialog.getByRole('button', { name: 'Back up now' }));
    expect(await dialog.findByText(/tincan-Mira\.tincan-backup\. It was opened again and checked/)).toBeDefined();
    expect(called('saveBackup')).toEqual([['saveBackup', words]]);
    const close = dialog.getAllByRole('button', { name: 'Close' }).at(-1);
    await waitFor(() => expect(document.activeElement).toBe(close));
    if (close) fireEvent.click(close);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(await screen.findByText(/^Last backup:/)).toBeDefined();
  });

  it('says that a passphrase is too short at its field, and other troubles above', async () => {
    await show();
    press('Back up now');
    const dialog = within(await screen.findByRole('dialog'));
    const begin = () => fireEvent.click(dialog.getByRole('button', { name: 'Back up now' }));
    write('Passphrase of the backup', 'short');
    write('The same once more', 'short');
    begin();
    await dialog.findByText(/has 8 to 1000 characters/);
    expect(screen.getByLabelText('Passphrase of the backup').getAttribute('aria-invalid')).toBe('true');
    write('Passphrase of the backup', words);
    write('The same once more', words);
    fake.refuse('saveBackup', 'disk-full');
    begin();
    expect((await dialog.findByRole('alert')).textContent).toContain('The disk is full');
  });

  it('says what is being done, and is not closed meanwhile', async () => {
    let end: (saved: { path: string; size: number }) => void = () => undefined;
    fake.saveBackup = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    await show();
    press('Back up now');
    const dialog = within(await screen.findByRole('dialog'));
    write('Passphrase of the backup', words);
    write('The same once more', words);
    fireEvent.click(dialog.getByRole('button', { name: 'Back up now' }));
    act(() => followProgress({ step: 'write', done: 1, total: 4 }));
    expect(dialog.getByText('Writing the file')).toBeDefined();
    expect(dialog.getByRole('progressbar').getAttribute('aria-label')).toBe('Writing the file, 25 %');
    act(() => followProgress({ step: 'check', done: 0, total: 0 }));
    expect(dialog.getByText('Opening it again to check it')).toBeDefined();
    fireEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
    expect(screen.getByRole('dialog')).toBeDefined();
    act(() => end({ path: '/tmp/tincan-Mira.tincan-backup', size: 1 }));
    expect(await dialog.findByText(/It was opened again and checked/)).toBeDefined();
  });
});

describe('automatic backups', () => {
  const choose = (value: string) =>
    fireEvent.change(screen.getByRole('combobox', { name: 'Automatic backup' }), { target: { value } });
  const chosen = () => screen.getByRole<HTMLSelectElement>('combobox', { name: 'Automatic backup' }).value;
  const begin = async () => {
    const dialog = within(await screen.findByRole('dialog', { name: 'Automatic backup' }));
    write('Passphrase of the backup', words);
    write('The same once more', words);
    fireEvent.click(dialog.getByRole('button', { name: 'Back up now' }));
    await dialog.findByText(/It was opened again and checked/);
    fireEvent.click(dialog.getAllByRole('button', { name: 'Close' }).at(-1) as HTMLElement);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  };

  it('begin with a passphrase and a backup, go on without, and end', async () => {
    await show();
    expect(screen.getByText('Keeps the last three')).toBeDefined();
    expect(screen.queryByText('Without it a backup cannot be opened')).toBeNull();
    choose('week');
    expect(called('automaticBackup')).toEqual([]);
    await begin();
    expect(called('automaticBackup')).toEqual([['automaticBackup', 'week', words]]);
    expect(called('saveBackup')).toEqual([]);
    await waitFor(() => expect(chosen()).toBe('week'));
    expect(screen.getByText('Without it a backup cannot be opened')).toBeDefined();
    choose('day');
    await waitFor(() => expect(chosen()).toBe('day'));
    expect(called('automaticBackup')).toEqual([
      ['automaticBackup', 'week', words],
      ['automaticBackup', 'day', ''],
    ]);
    choose('');
    await waitFor(() => expect(chosen()).toBe(''));
    expect(called('automaticBackup').at(-1)).toEqual(['automaticBackup', '', '']);
  });

  it('stay off when the dialog is closed', async () => {
    await show();
    choose('day');
    const dialog = within(await screen.findByRole('dialog', { name: 'Automatic backup' }));
    fireEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(chosen()).toBe('');
    expect(called('automaticBackup')).toEqual([]);
  });

  it('get another passphrase', async () => {
    fake.door.automatic('day', words, new Date());
    await show();
    fireEvent.click(screen.getAllByRole('button', { name: 'Change' })[0] as HTMLElement);
    await begin();
    expect(called('automaticBackup')).toEqual([['automaticBackup', 'day', words]]);
  });

  it('say when the last one failed, why, and when it is tried again', async () => {
    const problem = { code: 'disk-room', message: '', params: { free: '1 MB', needed: '9 MB' } };
    const automatic = {
      every: 'day',
      last: true,
      next: '2026-11-21T10:30:00Z',
      failedAt: '2026-11-21T09:30:00Z',
      problem,
    } as const;
    fake.door.disk = { ...fake.door.disk, backupAt: '2026-11-20T09:00:00Z', backupName: 'a', automatic };
    await show();
    expect(screen.getByRole('alert').textContent).toMatch(
      /^The last automatic backup failed: .+\. The disk is full: 1 MB free, 9 MB needed\..+ Next try: .+\.$/,
    );
    expect(screen.getByText(/Automatic, read again and compared\./)).toBeDefined();
  });

  it('say what is refused, and what waits for a passphrase', async () => {
    fake.door.automatic('day', words, new Date());
    fake.door.disk.automatic.problem = { code: 'automatic-key', message: '', params: {} };
    await show();
    expect(screen.getByRole('alert').textContent).toBe(
      'Your key changed. Choose the passphrase for automatic backups again.',
    );
    fake.refuse('automaticBackup', 'busy');
    choose('week');
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('A backup or a restore is under way'));
  });
});

describe('key protection', () => {
  const change = async () => {
    press('Change');
    return within(await screen.findByRole('dialog', { name: 'Key protection' }));
  };
  const set = () => press('Change protection');

  it('cannot be locked without a passphrase, and says so', async () => {
    await show();
    expect(screen.getByText(/Whoever can read your files can read it/)).toBeDefined();
    expect(screen.queryByRole('combobox', { name: 'Lock by itself' })).toBeNull();
    press(/^Lock now/);
    expect(called('lock')).toEqual([]);
  });

  it('takes a passphrase, and then locks by hand and by itself', async () => {
    await show();
    const dialog = await change();
    write('New passphrase', words);
    write('The same once more', 'something else');
    set();
    expect(await dialog.findByText('The two are not the same.')).toBeDefined();
    expect(called('protect')).toEqual([]);
    write('The same once more', words);
    set();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(called('protect')).toEqual([['protect', { protection: 'passphrase', old: '', new: words }]]);
    expect(toasts.getState().current?.text).toBe('Protection changed');
    expect(screen.getByText(/it is made from your passphrase/)).toBeDefined();
    fireEvent.change(screen.getByRole('combobox', { name: 'Lock by itself' }), { target: { value: '15' } });
    await waitFor(() => expect(session.getState().settings.lockAfter).toBe(15));
    press('Lock now');
    await waitFor(() => expect(called('lock')).toHaveLength(1));
    await waitFor(() => expect(session.getState().status).toBe('locked'));
  });

  it('is changed only by who knows the passphrase', async () => {
    fake.door.protect({ protection: 'passphrase', old: '', new: words });
    await show();
    const dialog = await change();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Passphrase now')));
    write('Passphrase now', 'not this one');
    write('New passphrase', 'four wet paddles');
    write('The same once more', 'four wet paddles');
    set();
    await dialog.findByText(/That passphrase does not open this profile/);
    expect(screen.getByLabelText('Passphrase now').getAttribute('aria-invalid')).toBe('true');
    fireEvent.change(dialog.getByRole('combobox'), { target: { value: 'file' } });
    expect(screen.queryByLabelText('New passphrase')).toBeNull();
    write('Passphrase now', words);
    set();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.door.state.protection).toBe('file');
    expect(screen.queryByRole('combobox', { name: 'Lock by itself' })).toBeNull();
  });

  it('says that no keyring answers, and changes nothing', async () => {
    fake.refuse('protect', 'keyring-missing');
    await show();
    const dialog = await change();
    fireEvent.change(dialog.getByRole('combobox'), { target: { value: 'keyring' } });
    set();
    expect((await dialog.findByRole('alert')).textContent).toContain('does not answer');
    fireEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.door.state.protection).toBe('file');
  });
});

describe('restoring where somebody is', () => {
  const words = 'six words that open this backup';
  const passphrase = () => screen.getByLabelText<HTMLInputElement>('Passphrase of the backup');

  async function openDialog(): Promise<void> {
    render(<StoragePage />);
    fireEvent.click(await screen.findByRole('button', { name: 'Choose a file' }));
    await screen.findByRole('dialog');
  }

  function choose(): void {
    const input = document.querySelector('[role="dialog"] input[type="file"]');
    if (!input) throw new Error('there is no place for a file');
    fireEvent.change(input, { target: { files: [new File([new Uint8Array(9)], 'tincan-Mira.tincan-backup')] } });
  }

  it('says what becomes of them, and replaces nothing without a file', async () => {
    await openDialog();
    expect(screen.getByText(/is put aside in the data folder/)).toBeDefined();
    expect(screen.getByRole('button', { name: /^Replace/ }).getAttribute('aria-disabled')).toBe('true');
    fireEvent.submit(passphrase());
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.calls.some(([name]) => name === 'takeBackup' || name === 'restoreBackup')).toBe(false);
  });

  it('says where they are afterwards', async () => {
    await openDialog();
    choose();
    expect(document.activeElement).toBe(passphrase());
    fireEvent.change(passphrase(), { target: { value: 'seven words' } });
    fireEvent.submit(passphrase());
    await screen.findByText('That passphrase does not open this backup. Check for a missing word.');
    fireEvent.change(passphrase(), { target: { value: words } });
    fireEvent.submit(passphrase());
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.calls.filter(([name]) => name === 'restoreBackup').at(-1)).toEqual(['restoreBackup', words, true]);
    expect(fake.calls.filter(([name]) => name === 'takeBackup')).toHaveLength(1);
    expect(toasts.getState().current?.text).toContain('before-restore-2026-11-21-104207');
    // The page is that of who is here now.
    for (const asked of ['storage', 'lockState'])
      await waitFor(() => expect(fake.calls.filter(([name]) => name === asked)).toHaveLength(2));
  });
});
