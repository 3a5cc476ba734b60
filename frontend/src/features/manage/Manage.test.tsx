import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { askLose, session, showConversation, showTalkMenu, synchronise, toasts, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor, within } from '@/testing';
import LoseDialog from './LoseDialog';
import TalkMenu from './TalkMenu';

let backend: FakeBackend;
const row = (id: string) => session.getState().conversations[id];

beforeEach(async () => {
  resetModel();
  backend = new FakeBackend({
    state: sampleState([
      sampleConversation('ana', { name: 'Ana Duarte', preview: 'hi', queued: 2 }),
      sampleConversation('ben', { name: 'Ben' }),
      sampleConversation('eva', { name: 'Eva', contact: 'forgotten', preview: 'old' }),
    ]),
    messages: { ana: [sampleMessage('ana', 1), sampleMessage('ana', 2)] },
  });
  setBackend(backend);
  synchronise(backend);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
});

const place = { left: 10, top: 10, width: 20, height: 20 };

/** What a click set going is over. */
const settled = () => act(() => Promise.resolve());

async function press(element: Element): Promise<void> {
  fireEvent.click(element);
  await settled();
}

async function choose(id: string, label: string): Promise<void> {
  const { unmount } = render(<TalkMenu />);
  act(() => showTalkMenu(id, place));
  const menu = await screen.findByRole('menu');
  await press(within(menu).getByRole('menuitem', { name: label }));
  unmount();
}

async function undo(): Promise<void> {
  act(() => toasts.getState().current?.action?.run());
  await settled();
}

describe('the menu of a conversation', () => {
  it('pins, moves and unpins', async () => {
    await choose('ana', 'Pin');
    expect(row('ana')?.pinned).toBe(1);
    await choose('ben', 'Pin');
    expect([row('ana')?.pinned, row('ben')?.pinned]).toEqual([1, 2]);
    await choose('ben', 'Move up');
    expect([row('ana')?.pinned, row('ben')?.pinned]).toEqual([2, 1]);
    await choose('ana', 'Unpin');
    expect(row('ana')?.pinned).toBeUndefined();
    await undo();
    expect(row('ana')?.pinned).toBe(2);
  });

  it('mutes and marks, and takes both back', async () => {
    await choose('ana', 'Mute');
    expect(row('ana')?.quiet).toBe(true);
    await undo();
    expect(row('ana')?.quiet).toBeUndefined();
    await choose('ana', 'Mark as unread');
    expect(row('ana')?.marked).toBe(true);
    await choose('ana', 'Mark as read');
    expect(row('ana')?.marked).toBeUndefined();
  });

  it('archives what is open, which closes it, until they write', async () => {
    act(() => showConversation('ana'));
    await choose('ana', 'Archive');
    expect(row('ana')?.folder).toBe('archived');
    expect(view.getState().conversation).toBe('');
    expect(toasts.getState().current?.text).toContain('comes back when Ana writes');
    act(() => {
      backend.arrive('ana', 'hello');
    });
    expect(row('ana')?.folder).toBeUndefined();
  });

  it('deletes an empty one without asking, and can undo it', async () => {
    await choose('ben', 'Delete conversation');
    expect(view.getState().dialog).toBeUndefined();
    expect(row('ben')?.folder).toBe('hidden');
    await undo();
    expect(row('ben')?.folder).toBeUndefined();
  });

  it('asks before anything is lost', async () => {
    await choose('ana', 'Forget contact…');
    expect(view.getState().dialog).toEqual({ kind: 'forget', conversation: 'ana' });
  });

  it('offers of somebody who is forgotten only what can be done', async () => {
    render(<TalkMenu />);
    act(() => showTalkMenu('eva', place));
    const labels = (await screen.findAllByRole('menuitem')).map((item) => item.textContent);
    expect(labels).toEqual(['Pin', 'Archive', 'Delete conversation…']);
  });

  it('says why something was refused', async () => {
    backend.refuse('pinConversations', 'pins', { limit: '50' });
    await choose('ana', 'Pin');
    await waitFor(() => expect(toasts.getState().current?.text).toContain('At most 50'));
  });
});

describe('the dialogs', () => {
  const open = (kind: 'clear' | 'leave' | 'forget', id = 'ana') => {
    act(() => askLose(kind, id));
    const conversation = row(id);
    if (!conversation) throw new Error('no row');
    render(<LoseDialog kind={kind} conversation={conversation} onClose={() => view.setState({ dialog: undefined })} />);
    return screen.getByRole('alertdialog');
  };

  it('have the focus on the safe button, and no fault of access', async () => {
    const dialog = open('forget');
    expect(document.activeElement?.textContent).toBe('Cancel');
    expect((await axe.run(dialog)).violations).toEqual([]);
    fireEvent.click(within(dialog).getByText('Cancel'));
    expect(backend.calls.some(([name]) => name === 'forgetContact')).toBe(false);
  });

  it('clear what is here, and say what still goes out', async () => {
    act(() => showConversation('ana'));
    const dialog = open('clear');
    expect(dialog.textContent).toContain('2 messages that wait for Ana still go out');
    await press(within(dialog).getByRole('button', { name: 'Clear messages' }));
    await waitFor(() => expect(row('ana')?.cleared).toBeDefined());
    expect(view.getState().conversation).toBe('ana');
  });

  it('delete, which leaves the list', async () => {
    act(() => showConversation('ana'));
    const dialog = open('leave');
    await press(within(dialog).getByRole('button', { name: 'Delete conversation' }));
    await waitFor(() => expect(row('ana')?.folder).toBe('hidden'));
    expect(view.getState().conversation).toBe('');
  });

  it('forget, and keep what was written', async () => {
    const dialog = open('forget');
    await press(within(dialog).getByRole('button', { name: 'Forget, keep messages' }));
    await waitFor(() => expect(row('ana')?.contact).toBe('forgotten'));
  });

  it('say what went wrong, and can be tried again', async () => {
    backend.refuse('forgetContact', 'disk-full');
    const dialog = open('forget');
    await press(within(dialog).getByRole('button', { name: 'Forget and erase' }));
    expect((await within(dialog).findByRole('alert')).textContent).toContain('The disk is full');
    backend.refuse('forgetContact', undefined);
    await press(within(dialog).getByRole('button', { name: 'Forget and erase' }));
    await waitFor(() => expect(row('ana')).toBeUndefined());
  });
});
