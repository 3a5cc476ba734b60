import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import {
  aimOf,
  openTimeline,
  selection,
  session,
  showConversation,
  startEdit,
  startSelection,
  synchronise,
  timelines,
  toasts,
  toggleSelected,
  useSelection,
  view,
} from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
import { MessageRow } from './MessageRow';
import RemoveDialog from './RemoveDialog';
import { timelineRows } from './rows';
import { SelectionBar } from './SelectionBar';
import { useSelecting } from './useSelecting';
import { copyWords, speakerOf } from './words';

const ana = sampleConversation('ana', { name: 'Ana Duarte' });
const speaker = speakerOf(ana, 'Ana');
const first = sampleMessage('ana', 1, { text: '**still** on?\nhttps://a.example/' });
const second = sampleMessage('ana', 2, { mine: true, text: 'yes' });
const third = sampleMessage('ana', 3, { mine: true, text: 'or *no*', state: 'stored' });
const all = [first, second, third];

let fake: FakeBackend;
let stop: () => void;
const focused = vi.fn();
const ids = () => [...selection.getState().messages.keys()];
const held = () => timelines.getState().open.ana?.messages.map(({ id }) => id);

beforeEach(async () => {
  resetModel();
  focused.mockClear();
  fake = new FakeBackend({ state: sampleState([ana]), messages: { ana: all } });
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
  showConversation('ana');
  await openTimeline('ana');
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

/** The messages, as a stretch shows them without its list. */
function Talk({ readOnly = false }: { readOnly?: boolean }) {
  const { selecting, messages, pick, end, copy, remove, onKey } = useSelecting({
    conversation: ana,
    speaker,
    readOnly,
    focusMessage: focused,
  });
  const known = useSelection((state) => state.messages);
  return (
    <main
      onKeyDown={(event) => {
        if (onKey(event)) event.preventDefault();
      }}
    >
      {timelineRows(all, false, undefined).map((row) => (
        <MessageRow
          key={row.message.id}
          row={row}
          speaker={speaker}
          links
          limits={{ silent: false, readOnly }}
          newCount={0}
          today=""
          opened={undefined}
          marked={false}
          edited={false}
          selecting={selecting}
          selected={messages === known && known.has(row.message.id)}
          news={false}
          onAction={vi.fn()}
          onToggle={vi.fn()}
          onFollow={vi.fn()}
          onPick={pick}
        />
      ))}
      {selecting && (
        <SelectionBar readOnly={readOnly} onKeyDown={vi.fn()} onCopy={copy} onRemove={remove} onEnd={end} />
      )}
    </main>
  );
}

const article = (at: number) => screen.getAllByRole('article')[at] as HTMLElement;
const boxes = () => screen.getAllByRole<HTMLInputElement>('checkbox').map((box) => box.checked);

describe('selecting messages', () => {
  it('begins with Ctrl and a press, and a press then takes in, out, or up to', () => {
    render(<Talk />);
    fireEvent.click(article(0));
    expect(screen.queryByRole('checkbox')).toBeNull();
    fireEvent.click(article(0), { ctrlKey: true });
    expect(boxes()).toEqual([true, false, false]);
    fireEvent.click(article(2), { shiftKey: true });
    expect(boxes()).toEqual([true, true, true]);
    fireEvent.click(article(1));
    expect(boxes()).toEqual([true, false, true]);
    expect(screen.getByRole('status').textContent).toBe('2 messages selected');
    expect(article(0).getAttribute('aria-label')).toMatch(/^Selected, Ana Duarte, .*still on\?/);
    expect(article(1).getAttribute('aria-label')).toMatch(/^You/);
  });

  it('opens no link and no tool meanwhile', () => {
    render(<Talk />);
    act(() => startSelection(second));
    fireEvent.pointerEnter(article(0));
    expect(screen.queryByRole('toolbar')).toBeNull();
    fireEvent.keyDown(article(1), { key: 'e' });
    expect(aimOf('ana').edit).toBeUndefined();
    fireEvent.click(screen.getByRole('checkbox', { name: /what Ana Duarte wrote/ }));
    expect(ids()).toEqual([second.id, first.id]);
  });

  it('has keys', async () => {
    const write = vi.fn(() => Promise.resolve());
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: write } });
    render(<Talk />);
    act(() => startSelection(second));
    expect(focused).toHaveBeenLastCalledWith(second.id);
    fireEvent.keyDown(article(1), { key: ' ' });
    expect(screen.getByRole('status').textContent).toBe('No message selected');
    fireEvent.keyDown(article(1), { key: 'Delete' });
    expect(view.getState().dialog).toBeUndefined();
    fireEvent.keyDown(article(1), { key: 'a', ctrlKey: true });
    expect(ids()).toHaveLength(3);
    fireEvent.keyDown(article(1), { key: 'Delete' });
    expect(view.getState().dialog).toEqual({ kind: 'remove', conversation: 'ana' });
    fireEvent.keyDown(article(1), { key: 'c', ctrlKey: true });
    await waitFor(() => expect(toasts.getState().current?.text).toBe('Copied 3 messages'));
    expect(write).toHaveBeenCalledWith(all.map((message) => copyWords(message, speaker, 'Mira Lind')).join('\n'));
    expect(selection.getState().conversation).toBe('');
    act(() => startSelection(second));
    fireEvent.keyDown(article(1), { key: 'Escape' });
    expect(screen.queryByRole('checkbox')).toBeNull();
    expect(focused).toHaveBeenLastCalledWith(second.id);
  });

  it('copies what was written, with names and times', () => {
    const time = new Date(2026, 10, 21, 9, 5).toISOString();
    expect(copyWords({ ...first, time }, speaker, 'Mira Lind')).toBe(
      '[2026-11-21 09:05] Ana Duarte: **still** on?\nhttps://a.example/',
    );
    expect(copyWords({ ...second, time, text: '', deleted: true }, speaker, 'Mira')).toBe(
      '[2026-11-21 09:05] Mira: You deleted this',
    );
  });

  it('breaks no rule of accessibility', async () => {
    const { container } = render(<Talk readOnly />);
    act(() => startSelection(first));
    const remove = screen.getByRole('button', { name: /Remove/ });
    expect(remove.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(remove);
    expect(view.getState().dialog).toBeUndefined();
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
  });
});

describe('removing what is selected', () => {
  const ask = () => {
    const closed = vi.fn();
    render(<RemoveDialog conversation={ana} onClose={closed} />);
    return closed;
  };
  const calls = () => fake.calls.filter(([name]) => name === 'deleteMessage').map(([, ...rest]) => rest);

  it('says what is kept and lost, and ends with all of them gone', async () => {
    startEdit(third);
    startSelection(third);
    toggleSelected(first);
    const closed = ask();
    expect(screen.getByRole('alertdialog', { name: 'Remove 2 messages from this computer?' })).toBeDefined();
    expect(screen.getByText(/Ana keeps them and is not told/)).toBeDefined();
    expect(screen.getByText(/still goes to Ana/)).toBeDefined();
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Cancel'));
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(calls()).toEqual([
      ['ana', first.id, false],
      ['ana', third.id, false],
    ]);
    expect(held()).toEqual([second.id]);
    expect(selection.getState().conversation).toBe('');
    expect(aimOf('ana').edit).toBeUndefined();
    expect(toasts.getState().current?.text).toBe('Removed 2 messages');
  });

  it('says why it stopped, and what is still here', async () => {
    startSelection(first);
    toggleSelected(second);
    toggleSelected(third);
    const closed = ask();
    const remove = fake.deleteMessage.bind(fake);
    vi.spyOn(fake, 'deleteMessage').mockImplementation((conversation, message, everyone) => {
      if (message === second.id) fake.refuse('deleteMessage', 'disk-full');
      return remove(conversation, message, everyone);
    });
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The disk is full');
    expect(alert.textContent).toContain('2 messages are still here.');
    expect(ids()).toEqual([second.id, third.id]);
    expect(closed).not.toHaveBeenCalled();
  });
});
