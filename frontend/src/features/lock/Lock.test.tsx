import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { session, synchronise } from '@/model';
import { resetModel } from '@/model/reset';
import { fireEvent, render, screen, waitFor } from '@/testing';
import LockScreen from './index';

let fake: FakeBackend;
let stop: () => void;

beforeEach(async () => {
  resetModel();
  fake = new FakeBackend({ state: sampleState([]) });
  fake.door.passphrase = 'correct horse battery';
  fake.door.state = { locked: false, protection: 'passphrase' };
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
});

afterEach(() => stop());

describe('lock', () => {
  it('forgets everything, says what is wrong, and opens with the passphrase', async () => {
    await fake.lock();
    await waitFor(() => expect(session.getState().status).toBe('locked'));
    expect(session.getState().profile.name).toBe('');
    expect(session.getState().conversations).toEqual({});
    render(<LockScreen />);
    const field = await screen.findByLabelText('Passphrase');
    expect(field.getAttribute('type')).toBe('password');
    fireEvent.change(field, { target: { value: 'correct horse' } });
    fireEvent.click(screen.getByRole('button', { name: 'Unlock' }));
    await screen.findByText(/does not open this profile/);
    expect(session.getState().status).toBe('locked');
    fireEvent.change(field, { target: { value: 'correct horse battery' } });
    fireEvent.click(screen.getByRole('button', { name: 'Unlock' }));
    await waitFor(() => expect(session.getState().status).toBe('ready'));
  });

  it('says what is wrong with the keyring and tries again', async () => {
    fake.door.state = {
      locked: true,
      protection: 'keyring',
      problem: { code: 'keyring-missing', message: '', params: {} },
    };
    render(<LockScreen />);
    await screen.findByText(/keyring of this system does not answer/);
    fake.door.state = { locked: true, protection: 'keyring' };
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(fake.calls.filter(([method]) => method === 'unlock')).toEqual([['unlock', '']]));
  });
});
