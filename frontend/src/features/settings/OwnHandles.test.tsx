import { afterEach, describe, expect, it, vi } from 'vitest';
import { type OwnHandle, type Server, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { en } from '@/i18n/en';
import { session, synchronise, toasts, view } from '@/model';
import { resetModel } from '@/model/reset';
import { fireEvent, render, screen, waitFor, within } from '@/testing';
import { OwnHandles } from './OwnHandles';

let fake: FakeBackend;
let stop: () => void;

const server = (host: string): Server => ({
  id: host,
  address: `${host}:7117`,
  mine: false,
  guest: false,
  state: 'online',
  rtt: 8,
  since: '',
  retryAt: '',
  handles: host,
});

async function begin(handles: OwnHandle[], servers: Server[]): Promise<void> {
  resetModel();
  const state = sampleState([], { network: { online: true, lines: 0, hostAddress: '', servers } });
  fake = new FakeBackend({ state: { ...state, profile: { ...state.profile, handles } } });
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().profile.peerId).toBe('tc1me'));
  render(<OwnHandles />);
}

afterEach(() => stop());

const called = (method: string) => fake.calls.filter(([name]) => name === method);
const field = () => screen.getByRole('textbox');

describe('own handles', () => {
  it('claim nothing by themselves, and take the one that is asked for', async () => {
    await begin([], [server('lines.example.net')]);
    expect(screen.getByText(/You have none unless you take one/)).toBeDefined();
    expect(called('claimHandle')).toEqual([]);
    fireEvent.change(field(), { target: { value: '@mira' } });
    fireEvent.click(screen.getByRole('button', { name: en.settings.handleTake }));
    await screen.findByText('mira@lines.example.net');
    expect(called('claimHandle')).toEqual([['claimHandle', 'mira@lines.example.net']]);
    expect((field() as HTMLInputElement).value).toBe('');
  });

  it('are taken at the server that is chosen', async () => {
    await begin([], [server('lines.example.net'), server('tin.example.org')]);
    fireEvent.change(screen.getByLabelText(en.settings.handleServer), { target: { value: 'tin.example.org' } });
    fireEvent.change(field(), { target: { value: 'mira' } });
    fireEvent.click(screen.getByRole('button', { name: en.settings.handleTake }));
    await screen.findByText('mira@tin.example.org');
  });

  it('say under the field why one cannot be had, until another is written', async () => {
    await begin([], [server('lines.example.net')]);
    fake.refuse('claimHandle', 'handle-taken', { handle: 'mira@lines.example.net', host: 'lines.example.net' });
    fireEvent.change(field(), { target: { value: 'mira' } });
    fireEvent.click(screen.getByRole('button', { name: en.settings.handleTake }));
    await screen.findByText(/mira@lines.example.net is taken/);
    fireEvent.change(field(), { target: { value: 'mira.l' } });
    expect(screen.queryByText(/is taken/)).toBeNull();
  });

  it('are copied', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    await begin([{ handle: 'mira@lines.example.net', host: 'lines.example.net' }], [server('lines.example.net')]);
    fireEvent.click(screen.getByRole('button', { name: en.app.copy }));
    expect(writeText).toHaveBeenCalledWith('mira@lines.example.net');
    await waitFor(() => expect(JSON.stringify(toasts.getState())).toContain(en.settings.handleCopied));
  });

  it('are released after a question', async () => {
    await begin([{ handle: 'mira@lines.example.net', host: 'lines.example.net' }], [server('lines.example.net')]);
    fireEvent.click(screen.getByRole('button', { name: en.settings.handleRelease }));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog.textContent).toContain('30 days');
    expect(called('releaseHandle')).toEqual([]);
    fake.refuse('releaseHandle', 'handle-server-down', { handle: 'mira@lines.example.net', host: 'lines.example.net' });
    fireEvent.click(within(dialog).getByRole('button', { name: en.settings.handleRelease }));
    expect((await within(dialog).findByRole('alert')).textContent).toContain('lines.example.net does not answer');
    fake.refuse('releaseHandle', undefined);
    fireEvent.click(within(dialog).getByRole('button', { name: en.settings.handleRelease }));
    await waitFor(() => expect(screen.queryByText('mira@lines.example.net')).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(field()));
  });

  it('that are lost say so, and only leave the list', async () => {
    await begin([{ handle: 'mira@old.example.com', host: 'old.example.com', lost: true }], []);
    expect(screen.getByText(/old.example.com says that it is not yours any more/)).toBeDefined();
    expect(screen.queryByRole('button', { name: en.app.copy })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: en.settings.handleForget }));
    expect((await screen.findByRole('alertdialog')).textContent).toContain('It only leaves this list');
  });

  it('lead to the servers when none has handles', async () => {
    await begin([], []);
    fireEvent.click(screen.getByRole('button', { name: en.settings.page.network }));
    expect(view.getState().place).toEqual({ kind: 'settings', page: 'network' });
  });
});
