import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { applyState, session } from '@/model';
import { resetModel } from '@/model/reset';
import { Composer } from './index';

let fake: FakeBackend;
const sent = () => fake.calls.filter(([name]) => name === 'sendText').map(([, ...rest]) => rest);
const field = () => screen.getByRole<HTMLTextAreaElement>('textbox');
const write = (value: string) => fireEvent.change(field(), { target: { value } });

let turn = 0;
let id = '';

beforeEach(() => {
  resetModel();
  turn += 1;
  id = `ana-${turn}`;
  const state = sampleState([sampleConversation(id, { name: 'Ana Duarte', draft: 'from last time' })]);
  fake = new FakeBackend({ state });
  setBackend(fake);
  session.setState(applyState(session.getState(), state));
});

function show(change = {}) {
  const conversation = sampleConversation(id, { name: 'Ana Duarte', ...change });
  return render(<Composer conversation={conversation} />);
}

describe('Composer', () => {
  it('begins with the draft, sends with Enter and is empty then', async () => {
    show();
    expect(field().value).toBe('from last time');
    write('hello');
    fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true });
    fireEvent.keyDown(field(), { key: 'Enter', isComposing: true });
    expect(sent()).toEqual([]);
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect(field().value).toBe('');
    await waitFor(() => expect(sent()).toEqual([[id, 'hello']]));
    expect(fake.calls).toContainEqual(['saveDraft', id, '']);
  });

  it('gives the text back when it was refused, and says why', async () => {
    show();
    fake.refuse('sendText', 'disk-full');
    write('precious');
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is full');
    expect(field().value).toBe('precious');
  });

  it('tells that somebody types at most every 3 s, and nothing for an empty field', () => {
    show();
    write('a');
    write('ab');
    write('');
    expect(fake.calls.filter(([name]) => name === 'typing')).toHaveLength(1);
  });

  it('counts a long text and does not send one that is too long', () => {
    show();
    write('a'.repeat(31 * 1024));
    expect(screen.getByRole('status').textContent).toBe('31.0 of 32 KiB');
    write('a'.repeat(33 * 1024));
    expect(screen.getByRole('status').textContent).toContain('too long');
    expect(screen.getByRole('button', { name: 'Send' }).getAttribute('aria-disabled')).toBe('true');
    fireEvent.keyDown(field(), { key: 'Enter' });
    fireEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(sent()).toEqual([]);
  });

  it('says what happens to a message now', () => {
    show({ line: { state: 'waiting', rtt: -1, host: '' } });
    expect(field().placeholder).toBe('Write now, it is delivered when Ana is back');
  });

  it('stands back while history is read-only', () => {
    session.setState({ problem: { code: 'database-damaged', message: '', params: {} } });
    show();
    write('hello');
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect(sent()).toEqual([]);
    expect(screen.getByRole('alert').textContent).toContain('reading only');
  });

  it('is replaced by Undo after a ban', async () => {
    await fake.addBan('peer', `tc1${id}`, '');
    show({ contact: 'banned' });
    expect(screen.queryByRole('textbox')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(fake.calls.some(([name]) => name === 'removeBan')).toBe(true));
  });
});
