import { beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { aimOf, applyState, followAims, openTimeline, session, startEdit, startReply, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
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
    await fake.addBan({ kind: 'peer', target: `tc1${id}`, reason: '', ends: '', tell: false });
    show({ contact: 'banned' });
    expect(screen.queryByRole('textbox')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(fake.calls.some(([name]) => name === 'removeBan')).toBe(true));
  });
});

describe('answering and editing', () => {
  const last = sampleMessage('ana', 1);
  const theirs = () => ({ ...last, conversation: id, text: 'still on?\nI hope so' });
  const mine = (text = 'yes') => ({ ...sampleMessage('ana', 2, { mine: true, text }), conversation: id });
  const calls = (method: string) => fake.calls.filter(([name]) => name === method).map(([, ...rest]) => rest);

  beforeEach(() => {
    fake.messages[id] = [theirs(), mine()];
    session.setState({ conversations: { [id]: sampleConversation(id, { name: 'Ana Duarte', draft: '' }) } });
  });

  it('says whom it answers, takes the focus, and sends it so', async () => {
    show();
    act(() => startReply(theirs()));
    await waitFor(() => expect(document.activeElement).toBe(field()));
    expect(screen.getByText('Reply to Ana')).toBeDefined();
    expect(screen.getByText('still on?')).toBeDefined();
    write('of course');
    fireEvent.keyDown(field(), { key: 'Enter' });
    await waitFor(() => expect(calls('sendReply')).toEqual([[id, 'of course', theirs().id]]));
    expect(screen.queryByText('Reply to Ana')).toBeNull();
    expect(sent()).toEqual([]);
  });

  it('drops it with Escape or the X, and keeps the words', () => {
    show();
    act(() => startReply(theirs()));
    write('words');
    fireEvent.keyDown(field(), { key: 'Escape' });
    expect(screen.queryByText('Reply to Ana')).toBeNull();
    act(() => startReply(theirs()));
    fireEvent.click(screen.getByRole('button', { name: 'Cancel reply' }));
    expect(aimOf(id).reply).toBeUndefined();
    expect(field().value).toBe('words');
    expect(document.activeElement).toBe(field());
  });

  it('keeps what it answers when the conversation is left, and when the text is refused', async () => {
    const { unmount } = show();
    act(() => startReply(theirs()));
    write('later');
    unmount();
    show();
    expect(screen.getByText('Reply to Ana')).toBeDefined();
    expect(field().value).toBe('later');
    fake.refuse('sendReply', 'disk-full');
    fireEvent.keyDown(field(), { key: 'Enter' });
    await screen.findByRole('alert');
    expect(screen.getByText('Reply to Ana')).toBeDefined();
    expect(field().value).toBe('later');
  });

  it('sends a message of its own when what it answers is gone, and says so before', async () => {
    show();
    act(() => startReply(theirs()));
    act(() => followAims([], [theirs().id]));
    expect(screen.getByText(/This goes out as a message of its own/)).toBeDefined();
    expect(screen.queryByText('still on?')).toBeNull();
    write('anyway');
    fireEvent.keyDown(field(), { key: 'Enter' });
    await waitFor(() => expect(sent()).toEqual([[id, 'anyway']]));
  });

  it('edits the last text of mine with the up arrow, and gives the draft back with Escape', async () => {
    await openTimeline(id);
    show();
    write('a draft');
    fireEvent.keyDown(field(), { key: 'ArrowUp' });
    expect(aimOf(id).edit).toBeUndefined();
    write('');
    fireEvent.keyDown(field(), { key: 'ArrowUp' });
    await screen.findByText('Edit message');
    expect(field().value).toBe('yes');
    fireEvent.keyDown(field(), { key: 'Escape' });
    expect(field().value).toBe('');
    write('a draft');
    act(() => startEdit(mine()));
    expect(field().value).toBe('yes');
    write('yes, no');
    fireEvent.keyDown(field(), { key: 'Escape' });
    expect(field().value).toBe('a draft');
    expect(calls('editMessage')).toEqual([]);
    expect(calls('saveDraft').at(-1)).not.toEqual([id, 'yes, no']);
  });

  it('edits what is being sent, not the text before it', async () => {
    await openTimeline(id);
    show();
    write('See you tomorow');
    fireEvent.keyDown(field(), { key: 'Enter' });
    fireEvent.keyDown(field(), { key: 'ArrowUp' });
    await screen.findByText('Edit message');
    expect(field().value).toBe('See you tomorow');
    fireEvent.keyDown(field(), { key: 'Escape' });
    // What is refused is back in the field, where it is edited anyway.
    fake.refuse('sendText', 'disk-full');
    write('precious');
    fireEvent.keyDown(field(), { key: 'Enter' });
    fireEvent.keyDown(field(), { key: 'ArrowUp' });
    await screen.findByRole('alert');
    expect(field().value).toBe('precious');
    expect(aimOf(id).edit).toBeUndefined();
  });

  it('saves with Enter, sends nothing when nothing changed, and asks before all of it goes', async () => {
    show();
    act(() => startEdit(mine()));
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect(screen.queryByText('Edit message')).toBeNull();
    expect(calls('editMessage')).toEqual([]);
    act(() => startEdit(mine()));
    write('yes, of course');
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(calls('editMessage')).toEqual([[id, mine().id, 'yes, of course']]));
    act(() => startEdit(mine()));
    write(' \n');
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect(view.getState().dialog).toMatchObject({ kind: 'delete', message: { id: mine().id } });
    expect(calls('editMessage')).toHaveLength(1);
  });

  it('gives the changed text back when it was refused', async () => {
    show();
    fake.refuse('editMessage', 'no-message');
    act(() => startEdit(mine()));
    write('changed');
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect((await screen.findByRole('alert')).textContent).toContain('not on this computer any more');
    expect(field().value).toBe('changed');
    expect(screen.getByText('Edit message')).toBeDefined();
  });

  it('does not save what was deleted meanwhile', () => {
    show();
    act(() => startEdit(mine()));
    act(() => followAims([{ ...mine(''), deleted: true }], []));
    write('changed');
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect(screen.getByText(/cannot be changed any more/)).toBeDefined();
    expect(screen.getByRole('button', { name: 'Save' }).getAttribute('aria-disabled')).toBe('true');
    expect(calls('editMessage')).toEqual([]);
  });
});
