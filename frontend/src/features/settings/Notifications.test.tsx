import { afterEach, describe, expect, it } from 'vitest';
import { type DesktopState, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { wholeDesktop } from '@/backend/fake-desktop';
import { sampleConversation, sampleState } from '@/backend/samples';
import { session, synchronise } from '@/model';
import { resetModel } from '@/model/reset';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@/testing';
import SettingsView from './index';

let fake: FakeBackend;
let stop: () => void;

async function show(desktop: Partial<DesktopState> = {}, silent = false): Promise<void> {
  resetModel();
  fake = new FakeBackend({
    state: sampleState([
      sampleConversation('ana', { name: 'Ana Duarte', ...(silent ? { quiet: true } : {}) }),
      sampleConversation('ole', { name: 'Grandpa Ole' }),
    ]),
    desktop: { ...wholeDesktop, ...desktop },
  });
  setBackend(fake);
  stop = synchronise(fake);
  render(<SettingsView page="notifications" />);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
  await waitFor(() => expect(fake.calls.some(([name]) => name === 'desktop')).toBe(true));
}

const flip = (name: string | RegExp) => fireEvent.click(screen.getByRole('switch', { name }));
const chosen = () => fake.state.settings.notifications;

afterEach(() => {
  cleanup();
  stop();
});

describe('notifications', () => {
  it('chooses what is told and how much it says, at once', async () => {
    await show();
    fireEvent.change(screen.getByRole('combobox', { name: 'Show in the notification' }), {
      target: { value: 'neither' },
    });
    await waitFor(() => expect(chosen().show).toBe('neither'));
    screen.getByText('Says only “New message”');
    flip(/^Sound/);
    await waitFor(() => expect(chosen().sound).toBe(true));
    flip(/^Count on the app icon/);
    await waitFor(() => expect(chosen().count).toBe(false));
    fireEvent.change(screen.getByRole('combobox', { name: 'Notify me about' }), { target: { value: 'nothing' } });
    await waitFor(() => expect(chosen().about).toBe('nothing'));
  });

  it('has quiet hours whose times are asked for once they are on', async () => {
    await show();
    expect(screen.queryByLabelText('From')).toBeNull();
    flip(/^Every night/);
    const from = await screen.findByLabelText<HTMLSelectElement>('From');
    expect(from.selectedOptions[0]?.textContent).toMatch(/10:30|22:30/);
    expect(from.options).toHaveLength(48);
    fireEvent.change(from, { target: { value: String(21 * 60) } });
    await waitFor(() => expect(chosen()).toMatchObject({ quiet: true, quietFrom: 21 * 60, quietTo: 7 * 60 }));
  });

  it('lists muted conversations, and tells of them again', async () => {
    await show({}, true);
    expect(screen.queryByText('Grandpa Ole')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Unmute Ana Duarte' }));
    await screen.findByText(/You are told of every conversation/);
    expect(session.getState().conversations.ana?.quiet).toBeUndefined();
  });

  it('starts at login and keeps running in the tray, where that can be', async () => {
    await show();
    const login = await screen.findByRole<HTMLInputElement>('switch', { name: /^Start at login/ });
    expect(login.checked).toBe(false);
    fireEvent.click(login);
    await waitFor(() => expect(login.checked).toBe(true));
    flip(/^Keep running in the tray/);
    await waitFor(() => expect(fake.state.settings.tray).toBe(true));
    act(() => fake.refuse('startAtLogin', 'login'));
    fireEvent.click(login);
    expect((await screen.findByRole('alert')).textContent).toMatch(/cannot be changed here/);
    expect(login.checked).toBe(true);
  });

  it('says what the desktop does not have, and offers nothing that would do nothing', async () => {
    await show({ notifications: false, tray: false, login: false });
    await screen.findByText(/Nothing on this desktop shows notifications/);
    expect(screen.queryByRole('switch', { name: /tray|login/ })).toBeNull();
    cleanup();
    stop();
    await show({ window: false, notifications: false, tray: false, login: false });
    await screen.findByText(/In a browser only the number in the title/);
  });
});
