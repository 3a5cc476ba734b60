import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Delivery, type Message, setBackend, type WaitCode } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { en } from '@/i18n/en';
import { session, synchronise } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
import FileDialog from './FileDialog';
import DeliveryDialog from './index';

let fake: FakeBackend;
let stop: () => void;
let message: Message;

beforeEach(async () => {
  resetModel();
  message = sampleMessage('ana', 0, { mine: true, state: 'queued', text: 'are you there?' });
  fake = new FakeBackend({
    state: sampleState([sampleConversation('ana', { name: 'Ana Duarte' })]),
    messages: { ana: [message] },
  });
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
});

afterEach(() => stop());

const step = { kind: 'written', way: 'unknown', time: '2026-11-21T10:40:00.000Z', until: '', server: '' } as const;
const waiting = (code: WaitCode, server = 'tin.example.org:7117'): Delivery => ({
  message: message.id,
  state: 'queued',
  steps: [step],
  waiting: { code, server, nextAt: '', canSave: code !== 'banned', canCancel: code !== 'banned' },
});

function open(): void {
  render(<DeliveryDialog message={message} onClose={() => undefined} />);
}

describe('the way of a message', () => {
  it('is told in words, with what comes next', async () => {
    open();
    expect(screen.getByRole('heading', { name: 'Why isn’t this delivered?' })).toBeTruthy();
    expect(await screen.findByText('A line was tried and did not open')).toBeTruthy();
    expect(screen.getByText(/Ana’s mailbox at tin.example.org:7117 is full/)).toBeTruthy();
    expect(screen.getByText(/Tried again at/)).toBeTruthy();
  });

  it('has a sentence for every reason, and offers a file when one can be made', async () => {
    const codes = Object.keys(en.delivery.wait).filter((key) => !key.includes('Some'));
    expect(codes).toHaveLength(14);
    for (const code of codes as WaitCode[]) {
      fake.delivery = () => Promise.resolve(waiting(code));
      const { unmount } = render(<DeliveryDialog message={message} onClose={() => undefined} />);
      const said = await screen.findByText('What comes next');
      expect(said.parentElement?.textContent).not.toMatch(/undefined|\{\{/);
      expect(screen.queryByRole('button', { name: 'Save a file for Ana' }) !== null).toBe(code !== 'banned');
      unmount();
    }
  });

  it('goes on while it is looked at', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      fake.delivery = () => Promise.resolve(waiting('stored', ''));
      open();
      await act(() => vi.advanceTimersByTimeAsync(0));
      expect(screen.getByText(/It waits at their server/)).toBeTruthy();
      fake.delivery = () =>
        Promise.resolve({
          message: message.id,
          state: 'delivered',
          steps: [step, { ...step, kind: 'delivered', way: 'mail' }],
        });
      await act(() => vi.advanceTimersByTimeAsync(2000));
      expect(screen.getByRole('heading', { name: 'How this was delivered' })).toBeTruthy();
      expect(screen.getByText('from the mailbox')).toBeTruthy();
      expect(screen.queryByText('What comes next')).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('says where a file was saved, and why one was not', async () => {
    fake.refuse('saveBundle', 'bundle-folder');
    open();
    fireEvent.click(await screen.findByRole('button', { name: 'Save a file for Ana' }));
    expect((await screen.findByRole('alert')).textContent).toContain('folder for downloads');
    fake.refuse('saveBundle', undefined);
    fireEvent.click(screen.getByRole('button', { name: 'Save a file for Ana' }));
    expect(await screen.findByText(/Saved to .*for-Ana-Duarte/)).toBeTruthy();
  });
});

describe('taking a message back', () => {
  it('is offered where it can be, and says how far the message had come', async () => {
    const outcomes = {
      here: 'Taken back. It had not left this computer.',
      server: 'Taken back. tin.example.org:7117 deleted it. Ana has it only if they were fetching it at that moment.',
      late: 'It may have reached Ana already. It is deleted here, and on their computer as soon as it is reached.',
    } as const;
    for (const [outcome, sentence] of Object.entries(outcomes)) {
      const server = outcome === 'server' ? 'tin.example.org:7117' : '';
      fake.cancelMessage = () => Promise.resolve({ outcome: outcome as keyof typeof outcomes, server });
      const { unmount } = render(<DeliveryDialog message={message} onClose={() => undefined} />);
      fireEvent.click(await screen.findByRole('button', { name: 'Take this message back' }));
      expect((await screen.findByText(sentence)).closest('[role="status"]')).toBeTruthy();
      expect(screen.queryByText('What comes next')).toBeNull();
      unmount();
    }
  });

  it('says why it was not, and is not offered where nothing can be done', async () => {
    fake.refuse('cancelMessage', 'delivered');
    open();
    fireEvent.click(await screen.findByRole('button', { name: 'Take this message back' }));
    expect((await screen.findByRole('alert')).textContent).toContain('on their computer already');
    expect(screen.getByRole('button', { name: 'Take this message back' })).toBeTruthy();
  });

  it('takes it out of the conversation', async () => {
    open();
    fireEvent.click(await screen.findByRole('button', { name: 'Take this message back' }));
    await screen.findByText('Taken back. It had not left this computer.');
    expect(await fake.pageLast('ana', 10)).toMatchObject({ messages: [] });
  });
});

describe('messages by file', () => {
  it('are opened, refused or known already, each in a sentence', async () => {
    render(<FileDialog conversation="ana" onClose={() => undefined} />);
    const input = screen.getByLabelText('Open a file from Ana', { selector: 'input' });
    const choose = (text: string) => fireEvent.change(input, { target: { files: [new File([text], 'x.tincan')] } });
    choose('tincan-bundle/1\n…');
    expect(await screen.findByText('2 new messages and changes came with the file.')).toBeTruthy();
    choose('GIF89a');
    expect((await screen.findByRole('alert')).textContent).toContain('ends with .tincan');
    fake.importBundle = () => Promise.resolve({ conversation: 'ana', entries: 0, known: true, damaged: true });
    choose('tincan-bundle/1\n');
    expect(await screen.findByText(/was here already/)).toBeTruthy();
    expect(screen.getByText(/A part of this file was damaged/)).toBeTruthy();
  });
});
