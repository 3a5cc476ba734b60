import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Conversation, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { session, synchronise, toasts, useConversation } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
import { DisappearTimer } from './DisappearTimer';
import { Details } from './index';

let fake: FakeBackend;
let stop: () => void = () => undefined;

async function begin(change: Partial<Conversation> = {}): Promise<void> {
  resetModel();
  fake = new FakeBackend({ state: sampleState([sampleConversation('ana', { name: 'Ana Duarte', ...change })]) });
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
}

function Place() {
  const conversation = useConversation('ana');
  return conversation ? <DisappearTimer conversation={conversation} /> : null;
}

const choice = () => screen.getByRole<HTMLSelectElement>('combobox', { name: 'Disappearing messages' });
const labels = () => [...choice().options].map((option) => option.label);

beforeEach(() => begin());
afterEach(() => stop());

describe('which way lines to one person go', () => {
  const way = () => screen.getByRole<HTMLSelectElement>('combobox', { name: 'Which way lines go' });

  it('is as for everybody until something else is chosen, and says what it means', async () => {
    const { rerender } = render(<Details conversation={row()} onClose={() => undefined} />);
    expect(way().selectedOptions[0]?.label).toBe('As for everybody: The best way');
    fireEvent.change(way(), { target: { value: 'network' } });
    await waitFor(() => expect(session.getState().conversations.ana?.route).toBe('network'));
    rerender(<Details conversation={row()} onClose={() => undefined} />);
    expect(screen.getByText(/Lines only to computers in the same private network/)).toBeDefined();
    fake.refuse('setRoute', 'disk-full');
    fireEvent.change(way(), { target: { value: '' } });
    expect(await screen.findByText(/The disk is full/)).toBeDefined();
    await waitFor(() => expect(way().value).toBe('network'));
  });

  function row(): Conversation {
    const found = session.getState().conversations.ana;
    if (!found) throw new Error('the row is gone');
    return found;
  }
});

describe('disappearing messages', () => {
  it('are off, offer times that the backend takes, and say what was chosen and by whom', async () => {
    render(<Place />);
    expect(choice().value).toBe('0');
    expect(labels().slice(0, 4)).toEqual(['Off', '5 seconds', '30 seconds', '5 minutes']);
    expect(labels().at(-1)).toBe('90 days');
    fireEvent.change(choice(), { target: { value: '3600' } });
    await waitFor(() => expect(session.getState().conversations.ana?.timer).toBe(3600));
    expect(fake.calls).toContainEqual(['setTimer', 'ana', 3600]);
    expect(await screen.findByText(/^Chosen by you, /)).toBeDefined();
    expect(screen.getByText(/can still keep a copy/)).toBeDefined();
    await waitFor(() =>
      expect(toasts.getState().current?.text).toBe('Messages written from now on disappear after 1 hour.'),
    );
    fireEvent.change(choice(), { target: { value: '0' } });
    expect(await screen.findByText(/^Switched off by you, /)).toBeDefined();
  });

  it('follow the other side, whatever they chose', () => {
    render(<Place />);
    act(() => {
      fake.change('ana', { timer: 45, timerSince: '2026-11-20T10:00:00.000Z' });
    });
    expect(choice().selectedOptions[0]?.label).toBe('45 seconds');
    expect(screen.getByText('Chosen by Ana, 20 November at 10:00')).toBeDefined();
  });

  it('go back and say why when it is refused', async () => {
    render(<Place />);
    fake.refuse('setTimer', 'disk-full');
    fireEvent.change(choice(), { target: { value: '3600' } });
    expect(await screen.findByRole('alert')).toHaveProperty('textContent', expect.stringContaining('disk is full'));
    await waitFor(() => expect(choice().value).toBe('0'));
  });

  it('are not offered where nobody listens', async () => {
    stop();
    await begin({ contact: 'banned', about: 'at sea' });
    const conversation = session.getState().conversations.ana;
    if (!conversation) throw new Error('there is no conversation');
    render(<Details conversation={conversation} onClose={() => undefined} />);
    expect(screen.queryByRole('combobox')).toBeNull();
    expect(screen.getByText('at sea')).toBeDefined();
  });
});
