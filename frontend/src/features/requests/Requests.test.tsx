import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BanEdit, type Request, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { answerOf, session, synchronise, toasts, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor, within } from '@/testing';
import RequestsView from './index';

const request = (id: string, name: string, minute: number, change: Partial<Request> = {}): Request => ({
  id,
  peerId: `tc1${id}`,
  name,
  color: 6,
  text: `hello from ${name}`,
  time: new Date(Date.now() - minute * 60_000).toISOString(),
  inviteLabel: '',
  inviteMade: '2026-11-18T18:00:00.000Z',
  safetyNumber: '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274',
  ...change,
});

let fake: FakeBackend;
let stop: () => void;

const called = (method: string) => fake.calls.filter(([name]) => name === method);
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const card = () => screen.getByRole('article');
const row = (name: string) => within(screen.getByRole('list')).getByRole('button', { name: new RegExp(name) });

beforeEach(async () => {
  resetModel();
  fake = new FakeBackend({
    state: sampleState([], {
      requests: [
        request('noor', 'Noor Haddad', 12, { inviteLabel: 'Kayak club' }),
        request('sam', 'Sam', 180, { text: '<b>hi</b> https://example.org' }),
      ],
    }),
  });
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
  render(<RequestsView />);
});

afterEach(() => stop());

describe('requests', () => {
  it('say who asks, what they wrote, how they came and how to compare', () => {
    expect(card().textContent).toContain('Asked 12 minutes ago');
    expect(card().textContent).toContain('hello from Noor Haddad');
    expect(card().textContent).toContain('Your link “Kayak club”, made 18 November');
    expect(card().textContent).toContain('30921 77450 18263 …');
    press('Show all');
    expect(card().textContent).toContain('63819 05274');
    expect(card().textContent).toContain('Noor is not told');
  });

  it('say of a stranger that they came by the handle', () => {
    act(() => fake.emit({ requests: [request('kx', 'Kx', 1, { inviteMade: '', stranger: true })] }));
    expect(row('Kx').textContent).toContain('Your handle, 1 min');
    fireEvent.click(row('Kx'));
    expect(card().textContent).toContain('Your handle. They looked you up');
    expect(card().textContent).not.toContain('Your link');
  });

  it('show a text as text: nothing in it is live', () => {
    fireEvent.click(row('Sam'));
    expect(card().textContent).toContain('<b>hi</b> https://example.org');
    expect(card().querySelector('a, b')).toBeNull();
  });

  it('have one Tab stop, and arrows move it', () => {
    expect(row('Noor').tabIndex).toBe(0);
    expect(row('Sam').tabIndex).toBe(-1);
    act(() => row('Noor').focus());
    fireEvent.keyDown(row('Noor'), { key: 'ArrowDown' });
    expect(document.activeElement).toBe(row('Sam'));
    expect(card().getAttribute('aria-label')).toBe('Sam');
    fireEvent.keyDown(row('Sam'), { key: 'Home' });
    expect(document.activeElement).toBe(row('Noor'));
  });

  it('keep the one that is read when another one comes in', () => {
    act(() => fake.emit({ requests: [request('late', 'Late Comer', 0)] }));
    expect(screen.getAllByRole('listitem')).toHaveLength(3);
    expect(card().getAttribute('aria-label')).toBe('Noor Haddad');
  });

  it('open the conversation when accepted', async () => {
    press('Accept');
    await waitFor(() => expect(view.getState().conversation).toBe('noor'));
    expect(called('acceptRequest')).toEqual([['acceptRequest', 'noor']]);
  });

  it('are accepted by an answer, which is the first message', async () => {
    const answer = () => screen.getByRole('textbox', { name: 'Answer' });
    fireEvent.change(answer(), { target: { value: 'Yes, come at nine' } });
    fireEvent.click(row('Sam'));
    expect((answer() as HTMLTextAreaElement).value).toBe('');
    fireEvent.click(row('Noor'));
    expect((answer() as HTMLTextAreaElement).value).toBe('Yes, come at nine');
    expect(screen.getByRole('button', { name: 'Accept and send' })).toBeDefined();
    expect(called('acceptRequest')).toEqual([]);
    fireEvent.keyDown(answer(), { key: 'Enter' });
    await waitFor(() => expect(view.getState().conversation).toBe('noor'));
    expect(called('sendText')).toEqual([['sendText', 'noor', 'Yes, come at nine']]);
    expect(answerOf('noor')).toBe('');
  });

  it('keep an answer that could not be sent as the draft', async () => {
    fake.refuse('sendText', 'disk-full');
    fireEvent.change(screen.getByRole('textbox', { name: 'Answer' }), { target: { value: 'Yes' } });
    press('Accept and send');
    await waitFor(() => expect(view.getState().conversation).toBe('noor'));
    expect(called('saveDraft')).toEqual([['saveDraft', 'noor', 'Yes']]);
  });

  it('go on with the next when declined, then say that nobody asks', async () => {
    press('Decline');
    await waitFor(() => expect(card().getAttribute('aria-label')).toBe('Sam'));
    await waitFor(() => expect(document.activeElement).toBe(row('Sam')));
    expect(toasts.getState().current?.text).toContain('Noor');
    press('Decline');
    expect(await screen.findByRole('heading', { name: 'Nobody is asking' })).toBeDefined();
  });

  it('are banned with a reason, after a question', async () => {
    press('Ban…');
    const dialog = await screen.findByRole('alertdialog', { name: 'Ban Noor Haddad?' });
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Reason' }), { target: { value: ' spam ' } });
    expect(called('banRequest')).toEqual([]);
    fireEvent.change(within(dialog).getByRole('combobox', { name: 'Ends' }), { target: { value: 'week' } });
    fireEvent.click(within(dialog).getByRole('switch', { name: /Also tell my introduction servers/ }));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Ban' }));
    await waitFor(() => expect(called('banRequest')).toHaveLength(1));
    const [, id, how] = called('banRequest')[0] as unknown as [string, string, BanEdit];
    expect([id, how.reason, how.tell]).toEqual(['noor', 'spam', true]);
    const days = (Date.parse(how.ends) - Date.now()) / 86_400_000;
    expect(days > 6.9 && days <= 7).toBe(true);
    await waitFor(() => expect(card().getAttribute('aria-label')).toBe('Sam'));
    act(() => toasts.getState().current?.action?.run());
    await waitFor(() => expect(called('removeBan')).toHaveLength(1));
  });

  it('stay when the answer is refused, and say why', async () => {
    fake.refuse('acceptRequest', 'disk-full');
    press('Accept');
    expect((await screen.findByRole('alert')).textContent).toContain('disk is full');
    expect(card().getAttribute('aria-label')).toBe('Noor Haddad');
    expect(screen.getByRole('button', { name: 'Decline' })).toBeDefined();
  });
});
