import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Message, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { fakeReply } from '@/backend/fake-changes';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import {
  aimOf,
  openTimeline,
  session,
  showConversation,
  startEdit,
  synchronise,
  timelines,
  toasts,
  view,
} from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor, within } from '@/testing';
import DeleteDialog from './DeleteDialog';
import { MessageMenu } from './MessageMenu';
import { MessageRow } from './MessageRow';
import { QuickReactions } from './QuickReactions';
import { timelineRows } from './rows';
import { followToQuoted, toggleEmoji, toggleReaction, useMessageActions } from './useMessageActions';
import { speakerOf } from './words';

const ana = sampleConversation('ana', { name: 'Ana Duarte' });
const speaker = speakerOf(ana, 'Ana');
const open = { silent: false, readOnly: false };
const theirs = sampleMessage('ana', 1, { text: 'still on?' });
const mine = sampleMessage('ana', 2, { mine: true, text: 'yes', reply: fakeReply(theirs), edited: theirs.time });
const nowhere = { left: 0, top: 0, width: 0, height: 0 };

let fake: FakeBackend;
let stop: () => void;
const calls = (method: string) => fake.calls.filter(([name]) => name === method).map(([, ...rest]) => rest);
const held = (id: string) => timelines.getState().open.ana?.messages.find((message) => message.id === id);

beforeEach(async () => {
  resetModel();
  fake = new FakeBackend({ state: sampleState([ana]), messages: { ana: [theirs, mine] } });
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
  showConversation('ana');
  await openTimeline('ana');
});

afterEach(() => stop());

/** A message with everything that belongs to it, as the stretch holds it. */
function Held({ message, limits = open }: { message: Message; limits?: typeof open }) {
  const { opened, run, close } = useMessageActions();
  const row = timelineRows([message], false, undefined)[0];
  if (!row) return null;
  return (
    <div data-log="">
      <MessageRow
        row={row}
        speaker={speaker}
        links
        limits={limits}
        newCount={0}
        today=""
        opened={opened?.action}
        marked={false}
        edited={false}
        onAction={run}
        onToggle={toggleReaction}
        selecting={false}
        selected={false}
        news={false}
        onFollow={followToQuoted}
        onPick={vi.fn()}
      />
      {opened?.action === 'more' && (
        <MessageMenu message={message} limits={limits} at={opened.at} onAction={run} onClose={close} />
      )}
      {opened?.action === 'react' && <p>the emoji are open</p>}
    </div>
  );
}

const bubble = () => screen.getByRole('article');

const matches = (element: Element, selector: string) => element.webkitMatchesSelector(selector);

/** Focus as a key press moves it, or a press of the pointer; jsdom does not know what that looks like. */
function focusBy(way: 'key' | 'pointer'): void {
  vi.spyOn(Element.prototype, 'matches').mockImplementation(function (this: Element, selector: string) {
    if (selector === ':focus-visible') return way === 'key' && this === document.activeElement;
    return matches(this, selector);
  });
  act(() => bubble().focus());
}

describe('a message', () => {
  it('offers its tools to the pointer and to the focus, and hides them again', () => {
    render(<Held message={theirs} />);
    expect(screen.queryByRole('toolbar')).toBeNull();
    fireEvent.pointerEnter(bubble());
    const names = () => screen.getAllByRole('button').map((button) => button.getAttribute('aria-label'));
    expect(names()).toEqual(['React', 'Reply', 'Copy', 'More']);
    fireEvent.pointerLeave(bubble());
    expect(screen.queryByRole('toolbar')).toBeNull();
    focusBy('key');
    expect(screen.getByRole('toolbar', { name: 'Message actions' })).toBeDefined();
    act(() => bubble().blur());
    expect(screen.queryByRole('toolbar')).toBeNull();
    // A press that moved the focus is not a key: the pointer shows what it is on.
    focusBy('pointer');
    expect(screen.queryByRole('toolbar')).toBeNull();
  });

  it('offers to edit what is mine, and nothing that cannot be done', () => {
    const { rerender } = render(<Held message={mine} />);
    focusBy('key');
    const bar = () => within(screen.getByRole('toolbar'));
    expect(bar().getByRole('button', { name: 'Edit' })).toBeDefined();
    rerender(<Held message={mine} limits={{ silent: true, readOnly: false }} />);
    expect(bar().getAllByRole('button')).toHaveLength(2);
    rerender(<Held message={{ ...mine, deleted: true, text: '' }} limits={{ silent: false, readOnly: true }} />);
    expect(screen.queryByRole('toolbar')).toBeNull();
  });

  it('does what its keys say, and only while it has the focus itself', () => {
    render(<Held message={mine} />);
    focusBy('key');
    fireEvent.keyDown(bubble(), { key: 'r' });
    expect(aimOf('ana').reply?.message.id).toBe(mine.id);
    fireEvent.keyDown(bubble(), { key: 'e' });
    expect(aimOf('ana').edit).toMatchObject({ message: { id: mine.id }, text: 'yes' });
    fireEvent.keyDown(bubble(), { key: 'Delete' });
    expect(view.getState().dialog).toMatchObject({ kind: 'delete', message: { id: mine.id } });
    fireEvent.keyDown(bubble(), { key: 'd' });
    expect(view.getState().dialog?.kind).toBe('delivery');
    fireEvent.keyDown(bubble(), { key: '+', shiftKey: true });
    expect(screen.getByText('the emoji are open')).toBeDefined();
    view.setState({ dialog: undefined });
    fireEvent.keyDown(screen.getByRole('button', { name: 'Reply' }), { key: 'Delete' });
    fireEvent.keyDown(bubble(), { key: 'Delete', ctrlKey: true });
    expect(view.getState().dialog).toBeUndefined();
  });

  it.each([
    ['the right button', () => fireEvent.contextMenu(bubble())],
    ['Shift F10', () => fireEvent.keyDown(bubble(), { key: 'F10', shiftKey: true })],
    ['the button "More"', () => fireEvent.click(screen.getByRole('button', { name: 'More' }))],
  ])('opens all that can be done with %s', async (_name, ask) => {
    render(<Held message={mine} />);
    focusBy('key');
    ask();
    const menu = await screen.findByRole('menu', { name: 'Message actions' });
    const entries = within(menu).getAllByRole('menuitem');
    expect(entries.map((entry) => entry.textContent)).toEqual([
      'ReplyR',
      'React+',
      'CopyC',
      'SelectS',
      'EditE',
      'What happened to itD',
      'Delete…Del',
    ]);
    fireEvent.click(entries[0] as HTMLElement);
    await waitFor(() => expect(aimOf('ana').reply?.message.id).toBe(mine.id));
    expect(screen.queryByRole('menu')).toBeNull();
  });

  it('shows what it answers, and a press goes there', () => {
    const followed = vi.fn();
    const answer = sampleMessage('ana', 3, { text: 'then yes', reply: fakeReply(theirs) });
    const row = timelineRows([answer], false, undefined)[0];
    if (!row) throw new Error('no row');
    const props = { speaker, links: true, limits: open, newCount: 0, today: '', opened: undefined };
    const rest = {
      marked: false,
      edited: false,
      selecting: false,
      selected: false,
      news: false,
      onPick: vi.fn(),
      onAction: vi.fn(),
      onToggle: vi.fn(),
      onFollow: followed,
    };
    const { rerender } = render(<MessageRow row={row} {...props} {...rest} />);
    fireEvent.click(screen.getByRole('button', { name: 'In reply to Ana Duarte: still on?. Go to that message' }));
    expect(followed).toHaveBeenCalledWith(answer);
    const gone = { ...answer, reply: { ...fakeReply(theirs), here: false, text: '', author: '' } };
    rerender(<MessageRow row={{ ...row, message: gone }} {...props} {...rest} />);
    expect(screen.getByText('A message that is not on this computer')).toBeDefined();
    expect(screen.queryByRole('button', { name: /In reply/ })).toBeNull();
  });

  it('says when it was edited, and that it was deleted instead of anything else', () => {
    const { rerender } = render(<Held message={mine} />);
    expect(screen.getByText('edited').title).toMatch(/^Edited \d\d:\d\d$/);
    rerender(<Held message={fakeDeletedOf(mine)} />);
    expect(screen.getByText('You deleted this')).toBeDefined();
    expect(screen.queryByRole('button', { name: /Go to that message|On their computer/ })).toBeNull();
    rerender(<Held message={fakeDeletedOf(theirs)} />);
    expect(screen.getByText('Deleted by Ana')).toBeDefined();
  });

  it('breaks no rule of accessibility', async () => {
    const reactions = [{ emoji: '❤️', count: 1, mine: true, authors: ['tc1me'] }];
    const { container } = render(<Held message={{ ...mine, reactions }} />);
    focusBy('key');
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
  });
});

function fakeDeletedOf({ id, conversation, order, mine: own, author, time, state }: Message): Message {
  return { id, conversation, order, mine: own, author, text: '', time, state, deleted: true };
}

describe('reactions', () => {
  it('say who put them, and a press puts or takes away mine', async () => {
    fake.touch('ana', theirs.id, { reactions: [{ emoji: '❤️', count: 1, mine: false, authors: ['tc1ana'] }] });
    const { rerender } = render(<Held message={held(theirs.id) as Message} />);
    const chip = screen.getByRole('button', { name: '❤️ 1: Ana Duarte' });
    expect(chip.getAttribute('aria-pressed')).toBe('false');
    fireEvent.click(chip);
    await waitFor(() => expect(held(theirs.id)?.reactions?.[0]).toMatchObject({ count: 2, mine: true }));
    rerender(<Held message={held(theirs.id) as Message} />);
    const own = screen.getByRole('button', { name: '❤️ 2: You and Ana Duarte' });
    expect(own.getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(own);
    await waitFor(() => expect(held(theirs.id)?.reactions?.[0]).toMatchObject({ count: 1, mine: false }));
    expect(calls('react').map((call) => call.at(-1))).toEqual([false, true]);
  });

  it('are six in a row, then how many more', () => {
    const reactions = ['👍', '❤️', '😂', '😮', '😢', '🙏', '⛵', '🎉'].map((emoji) => ({
      emoji,
      count: 1,
      mine: false,
      authors: ['tc1ana'],
    }));
    render(<Held message={{ ...theirs, reactions }} />);
    const group = within(screen.getByRole('group', { name: 'Reactions' }));
    expect(group.getAllByRole('button')).toHaveLength(8);
    fireEvent.click(group.getByRole('button', { name: '2 more' }));
    expect(group.getByRole('button', { name: '🎉 1: Ana Duarte' })).toBeDefined();
    expect(group.queryByRole('button', { name: /more/ })).toBeNull();
  });

  it('take any single emoji, and nothing else', () => {
    const picked = vi.fn();
    render(<QuickReactions message={theirs} onPick={picked} />);
    fireEvent.click(screen.getByRole('button', { name: '🙏' }));
    const field = screen.getByLabelText('Any other emoji');
    fireEvent.change(field, { target: { value: 'ahoy' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(screen.getByText(/This is not one emoji/)).toBeDefined();
    fireEvent.change(field, { target: { value: ' 🧭 ' } });
    expect(screen.queryByText(/This is not one emoji/)).toBeNull();
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(picked.mock.calls).toEqual([['🙏'], ['🧭']]);
  });

  it('are one where emoji differ in their style alone', async () => {
    const reactions = [{ emoji: '❤', count: 1, mine: true, authors: ['tc1me'] }];
    toggleEmoji({ ...theirs, reactions }, '❤️');
    toggleEmoji(theirs, '👍');
    await waitFor(() => expect(calls('react')).toHaveLength(2));
    expect(calls('react').map((call) => call.slice(2))).toEqual([
      ['❤', true],
      ['👍', false],
    ]);
  });

  it('say why they were refused', async () => {
    fake.refuse('react', 'reactions-many');
    toggleEmoji(theirs, '👍');
    await waitFor(() => expect(toasts.getState().current?.text).toContain('very many emoji'));
  });
});

describe('deleting', () => {
  const ask = (message: Message, conversation = ana) => {
    const closed = vi.fn();
    render(<DeleteDialog message={message} conversation={conversation} onClose={closed} />);
    return closed;
  };

  it('for everyone says what it does and what it cannot do', async () => {
    startEdit(mine);
    const closed = ask(mine);
    const dialog = screen.getByRole('alertdialog');
    expect(dialog.textContent).toContain('erased from this disk now, and from Ana’s when the deletion gets there');
    expect(dialog.textContent).toContain('It cannot take back what Ana has read');
    expect(dialog.textContent).not.toContain('mailbox');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Cancel'));
    fireEvent.click(screen.getByRole('button', { name: 'Delete for everyone' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(calls('deleteMessage')).toEqual([['ana', mine.id, true]]);
    expect(held(mine.id)).toMatchObject({ deleted: true, text: '' });
    expect(aimOf('ana').edit).toBeUndefined();
    expect(session.getState().conversations.ana).toMatchObject({ preview: '', previewDeleted: true });
  });

  it('for me says that they keep it, or that it still arrives', async () => {
    ask(mine);
    expect(screen.getByText(/Ana keeps it and is not told/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Delete for me' }));
    await waitFor(() => expect(held(mine.id)).toBeUndefined());
    expect(calls('deleteMessage')).toEqual([['ana', mine.id, false]]);
  });

  it('of what waits names the sealed copy', () => {
    ask({ ...mine, state: 'stored' });
    expect(screen.getByText(/Ana still gets it/)).toBeDefined();
    expect(screen.getByText(/sealed copy in Ana’s mailbox is asked back/)).toBeDefined();
  });

  it.each([
    ['what is not mine', theirs, ana],
    ['mine to somebody who is banned', mine, { ...ana, contact: 'banned' as const }],
    ['what was deleted already', { ...mine, deleted: true, text: '' }, ana],
  ])('of %s is for this computer alone', (_name, message, conversation) => {
    ask(message, conversation);
    expect(screen.queryByRole('button', { name: 'Delete for everyone' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Remove' })).toBeDefined();
  });

  it('says why it was refused', async () => {
    fake.refuse('deleteMessage', 'disk-full');
    const closed = ask(theirs);
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is full');
    expect(closed).not.toHaveBeenCalled();
  });

  it('is called by its name in the list', async () => {
    render(<MessageMenu message={theirs} limits={open} at={nowhere} onAction={vi.fn()} onClose={vi.fn()} />);
    expect(await screen.findByRole('menuitem', { name: /Remove from this computer/ })).toBeDefined();
  });
});
