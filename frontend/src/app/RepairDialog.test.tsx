import { afterEach, describe, expect, it } from 'vitest';
import { type Problem, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { closeDialog, session, synchronise, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
import { Dialogs } from './Dialogs';
import { ProblemBar } from './ProblemBar';

let fake: FakeBackend;
let stop: () => void = () => undefined;

async function begin(code: Problem['code'] = 'database-damaged'): Promise<void> {
  resetModel();
  const problem: Problem = { code, message: 'In English.', params: {} };
  fake = new FakeBackend({ state: sampleState([sampleConversation('ana', {})], { problem }) });
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
  render(
    <>
      <ProblemBar />
      <Dialogs />
    </>,
  );
}

async function ask(): Promise<void> {
  const button = screen.getByRole('button', { name: 'Repair…' });
  button.focus();
  fireEvent.click(button);
  await screen.findByRole('dialog', { name: 'Repair your history' });
}

const asked = () => fake.calls.filter(([name]) => name === 'repair').length;

afterEach(() => stop());

describe('repairing a damaged history', () => {
  it('says what it does before it does anything', async () => {
    await begin();
    expect(screen.getByRole('alert').textContent).toContain('until it is repaired');
    await ask();
    for (const part of ['What comes over', 'What comes back', 'What may be lost', 'What stays'])
      expect(screen.getByText(part)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(asked()).toBe(0);
  });

  it('shows how far it is, goes on behind the window, and says what came of it', async () => {
    await begin();
    await ask();
    fireEvent.click(screen.getByRole('button', { name: 'Repair now' }));
    const bar = await screen.findByRole('progressbar', { name: /is being repaired/ });
    expect(bar.getAttribute('aria-valuenow')).toBeNull();
    act(() => fake.emit({ repair: { running: true, saved: 30, of: 120 } }));
    expect(screen.getByText('30 of 120 entries came over')).toBeDefined();
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('0.25');
    fireEvent.click(screen.getByRole('button', { name: 'Go on reading' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByRole('alert').textContent).toContain('is being repaired');
    fireEvent.click(screen.getByRole('button', { name: 'Show' }));
    await screen.findByRole('progressbar');

    // It is over: the whole state is new.
    const params = { what: 'short', entries: '100', all: '120', file: 'tincan-damaged-1.db' };
    delete fake.state.problem;
    delete fake.state.repair;
    fake.state.notice = { id: 'now', code: 'salvaged', message: 'In English.', params };
    act(() => fake.emit({ reset: true }));
    const done = await screen.findByRole('dialog');
    await waitFor(() => expect(done.textContent).toContain('100 of 120 entries came over'));
    expect(done.textContent).toContain('tincan-damaged-1.db');
    act(() => closeDialog());
    await waitFor(() => expect(view.getState().dialog).toBeUndefined());
    expect(screen.getByRole('status').textContent).toContain('was repaired');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says why it did not succeed, and can be tried again', async () => {
    await begin();
    await ask();
    fireEvent.click(screen.getByRole('button', { name: 'Repair now' }));
    await screen.findByRole('progressbar');
    const error = { code: 'repair-room', message: '', params: {} };
    act(() => fake.emit({ repair: { running: false, saved: 0, of: 0, error } }));
    expect(screen.getByText(/Free some space, then try again/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('progressbar');
    expect(asked()).toBe(2);
  });

  it('says why it was refused', async () => {
    await begin();
    fake.refuse('repair', 'repairing');
    await ask();
    fireEvent.click(screen.getByRole('button', { name: 'Repair now' }));
    expect((await screen.findByText(/being repaired already/)).closest('[role="alert"]')).not.toBeNull();
  });

  it('is offered for no other trouble', async () => {
    await begin('folder-read-only');
    expect(screen.getByRole('alert')).toBeDefined();
    expect(screen.queryByRole('button')).toBeNull();
  });
});
