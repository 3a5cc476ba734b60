import { afterEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { en } from '@/i18n/en';
import { closeDialog, session, synchronise, toasts, useView } from '@/model';
import { resetModel } from '@/model/reset';
import { fireEvent, render, screen, waitFor, within } from '@/testing';
import { ChangeKey } from './ChangeKey';
import ChangeKeyDialog from './ChangeKeyDialog';

let fake: FakeBackend;
let stop: () => void;

function Place() {
  const dialog = useView((state) => state.dialog);
  return (
    <>
      <ChangeKey />
      {dialog?.kind === 'change-key' && <ChangeKeyDialog onClose={closeDialog} />}
    </>
  );
}

async function begin(passphrase = '', retired?: string): Promise<void> {
  resetModel();
  const state = sampleState([sampleConversation('ana')]);
  fake = new FakeBackend({ state: { ...state, profile: { ...state.profile, ...(retired && { retired }) } } });
  fake.door.passphrase = passphrase;
  if (passphrase !== '') fake.door.state = { locked: false, protection: 'passphrase' };
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
  render(<Place />);
}

afterEach(() => stop());

const called = () => fake.calls.filter(([name]) => name === 'changeKey');
const ask = async () => {
  fireEvent.click(screen.getByRole('button', { name: en.keychange.button }));
  return screen.findByRole('alertdialog', { name: en.keychange.title });
};

describe('changing the own key', () => {
  it('says first what happens, and does nothing when it is left', async () => {
    await begin();
    const dialog = await ask();
    for (const words of [
      en.keychange.lead,
      en.keychange.follow,
      en.keychange.compare,
      en.keychange.ends,
      en.keychange.back,
    ])
      expect(dialog.textContent).toContain(words);
    expect(within(dialog).queryByLabelText(en.keychange.passphrase)).toBeNull();
    fireEvent.click(within(dialog).getByRole('button', { name: en.app.cancel }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(called()).toEqual([]);
  });

  it('changes it, and shows who follows', async () => {
    await begin();
    const before = session.getState().profile.peerId;
    const dialog = await ask();
    fireEvent.click(within(dialog).getByRole('button', { name: new RegExp(`^${en.keychange.confirm}`) }));
    await waitFor(() => expect(session.getState().profile.peerId).not.toBe(before));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(JSON.stringify(toasts.getState())).toContain(en.keychange.done);
    expect(session.getState().conversations.ana?.following).toBe(true);
    expect(called()).toEqual([['changeKey', '']]);
  });

  it('asks for the passphrase where there is one, and says under it when it is wrong', async () => {
    await begin('correct horse battery');
    const dialog = await ask();
    const field = await within(dialog).findByLabelText(en.keychange.passphrase);
    fireEvent.click(within(dialog).getByRole('button', { name: new RegExp(`^${en.keychange.confirm}`) }));
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(called()).toEqual([]);
    fireEvent.change(field, { target: { value: 'correct horse' } });
    fireEvent.click(within(dialog).getByRole('button', { name: new RegExp(`^${en.keychange.confirm}`) }));
    await within(dialog).findByText(/does not open this profile/);
    fireEvent.change(field, { target: { value: 'correct horse battery' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  });

  it('says what else is in the way', async () => {
    await begin();
    fake.refuse('changeKey', 'read-only');
    const dialog = await ask();
    fireEvent.click(within(dialog).getByRole('button', { name: new RegExp(`^${en.keychange.confirm}`) }));
    expect((await within(dialog).findByRole('alert')).textContent).toContain(en.errors['read-only']);
  });

  it('is not offered to who gave the identity up', async () => {
    await begin('', '2026-11-20T10:00:00Z');
    expect(screen.queryByRole('button', { name: en.keychange.button })).toBeNull();
  });
});
