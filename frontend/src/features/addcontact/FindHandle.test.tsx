import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FoundPerson, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { en } from '@/i18n/en';
import { synchronise, view } from '@/model';
import { resetModel } from '@/model/reset';
import { fireEvent, render, screen, waitFor } from '@/testing';
import AddContactDialog from './index';

const elif: FoundPerson = {
  handle: 'elif@lines.example.net',
  peerId: `tc1${'k7q4wx2m'.repeat(7)}`,
  name: 'elif',
  color: 4,
  safetyNumber: '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274',
};

const closed = vi.fn();
let fake: FakeBackend;
let stop: () => void;

beforeEach(() => {
  closed.mockClear();
  resetModel();
  const server = { id: 's1', address: 'lines.example.net:7117', mine: false, guest: false } as const;
  fake = new FakeBackend({
    state: sampleState([sampleConversation('ana', { name: 'Ana Duarte' })], {
      network: {
        online: true,
        lines: 0,
        hostAddress: '',
        servers: [{ ...server, state: 'online', rtt: 8, since: '', retryAt: '', handles: 'lines.example.net' }],
      },
    }),
    people: [elif, { ...elif, handle: 'ana@lines.example.net', peerId: 'tc1ana', name: 'ana' }],
  });
  setBackend(fake);
  stop = synchronise(fake);
  render(<AddContactDialog tab="handle" link="" onClose={closed} />);
});

afterEach(() => stop());

const called = (method: string) => fake.calls.filter(([name]) => name === method);
const field = () => screen.getByRole('textbox', { name: en.addcontact.handleLabel });
const message = () => screen.getByRole('textbox', { name: /first message/ });

function lookUp(text: string): void {
  fireEvent.change(field(), { target: { value: text } });
  fireEvent.keyDown(field(), { key: 'Enter' });
}

describe('find by handle', () => {
  it('asks the server only when it is told to, and shows who was found', async () => {
    fireEvent.change(field(), { target: { value: 'elif' } });
    await Promise.resolve();
    expect(called('findHandle')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: en.addcontact.find }));
    await screen.findByRole('heading', { name: 'elif' });
    expect(screen.getByText('elif@lines.example.net')).toBeDefined();
    expect(screen.getByText(`PeerID ${elif.peerId}`)).toBeDefined();
    expect(screen.getByText(/30921 77450 18263 …/)).toBeDefined();
    await waitFor(() => expect(document.activeElement).toBe(message()));
    expect(called('askHandle')).toEqual([]);
  });

  it('sends the first message as the request, to who was found', async () => {
    lookUp('@Elif@lines.example.net');
    await screen.findByRole('heading', { name: 'elif' });
    fireEvent.change(message(), { target: { value: ' Hi Elif, Mira from the quay ' } });
    fireEvent.keyDown(message(), { key: 'Enter' });
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(called('askHandle')).toEqual([
      ['askHandle', 'elif@lines.example.net', elif.peerId, 'Hi Elif, Mira from the quay'],
    ]);
    expect(view.getState().conversation).toBe(`asked-${elif.peerId}`);
  });

  it('opens the conversation with a contact instead', async () => {
    lookUp('ana@lines.example.net');
    fireEvent.click(await screen.findByRole('button', { name: en.addcontact.open }));
    expect(screen.queryByRole('textbox', { name: /first message/ })).toBeNull();
    expect(view.getState().conversation).toBe('ana');
    expect(called('askHandle')).toEqual([]);
  });

  it('says what is wrong, and leads to the servers when one is missing', async () => {
    lookUp('nobody@lines.example.net');
    await screen.findByText(/Nobody has the handle nobody@lines.example.net/);
    expect(screen.queryByRole('button', { name: en.addcontact.network })).toBeNull();
    lookUp('elif@tin.example.org');
    await screen.findByText(/tin.example.org is not one of your introduction servers/);
    fireEvent.click(screen.getByRole('button', { name: en.addcontact.network }));
    expect(view.getState().place).toEqual({ kind: 'settings', page: 'network' });
  });

  it('keeps nothing of an answer to another text', async () => {
    lookUp('elif@lines.example.net');
    await screen.findByRole('heading', { name: 'elif' });
    fireEvent.change(field(), { target: { value: 'elif2@lines.example.net' } });
    expect(screen.queryByRole('heading', { name: 'elif' })).toBeNull();
    expect(screen.getByRole('button', { name: en.addcontact.find })).toBeDefined();
  });

  it('says so when somebody else has it by now, and sends nothing twice', async () => {
    lookUp('elif@lines.example.net');
    await screen.findByRole('heading', { name: 'elif' });
    fake.refuse('askHandle', 'handle-moved', { handle: elif.handle, host: 'lines.example.net' });
    fireEvent.change(message(), { target: { value: 'Hi' } });
    fireEvent.click(screen.getByRole('button', { name: en.addcontact.send }));
    expect((await screen.findByRole('alert')).textContent).toContain('belongs to somebody else than a moment ago');
    expect(closed).not.toHaveBeenCalled();
  });
});
