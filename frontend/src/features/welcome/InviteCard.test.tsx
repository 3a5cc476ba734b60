import { afterEach, expect, it } from 'vitest';
import { BackendError, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { session } from '@/model';
import { resetModel } from '@/model/reset';
import { act, cleanup, render, screen, waitFor } from '@/testing';
import { InviteCard } from './InviteCard';

afterEach(cleanup);

it('asks again when a program that was away is back', async () => {
  resetModel();
  const invite = {
    id: 'one',
    label: '',
    link: 'tincan:invite/1#one',
    short: 'tincan:invite/1#one',
    qr: 'M0 0h1v1h-1z',
    qrSize: 45,
  };
  const open = { created: '', expires: '2999-11-28T10:00:00.000Z', uses: 1, used: 0, people: [], active: true };
  const fake = new FakeBackend({ state: sampleState([]), invites: [{ ...invite, ...open }] });
  setBackend(fake);
  const { invites } = fake;
  fake.invites = () => Promise.reject(new BackendError({ code: 'bridge-gone', message: 'It is away.', params: {} }));
  render(<InviteCard />);
  await screen.findByRole('alert');
  act(() => session.setState({ lost: true }));
  fake.invites = invites;
  expect(screen.queryByRole('alert')).not.toBeNull();
  act(() => session.setState({ lost: false }));
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  expect(screen.getByRole('img', { name: /QR/i })).toBeDefined();
});
