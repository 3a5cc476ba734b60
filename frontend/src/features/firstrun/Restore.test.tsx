import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendError, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { session, synchronise } from '@/model';
import { resetModel } from '@/model/reset';
import { cleanup, fireEvent, render, screen, waitFor } from '@/testing';
import { Restore } from './Restore';

const words = 'six words that open this backup';
const partSize = 510 * 1024;

let fake: FakeBackend;
let stop: () => void;
const back = vi.fn();

const called = (method: string) => fake.calls.filter(([name]) => name === method);
const passphrase = () => screen.getByLabelText<HTMLInputElement>('Passphrase of the backup');
const restore = () => screen.getByRole('button', { name: /^Restor/ });
const write = (text: string) => fireEvent.change(passphrase(), { target: { value: text } });

function choose(size: number, name = 'tincan-Mira.tincan-backup'): void {
  const input = document.querySelector('input[type="file"]');
  if (!input) throw new Error('there is no place for a file');
  fireEvent.change(input, { target: { files: [new File([new Uint8Array(size)], name)] } });
}

beforeEach(() => {
  resetModel();
  back.mockReset();
  fake = new FakeBackend({ state: sampleState([], { firstRun: true }) });
  setBackend(fake);
  stop = synchronise(fake);
  render(<Restore onBack={back} />);
});

afterEach(() => {
  cleanup();
  stop();
});

describe('restoring a backup', () => {
  it('asks for a file first, and then for its passphrase', () => {
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Choose a file' }));
    expect(restore().getAttribute('aria-disabled')).toBe('true');
    choose(2_500_000);
    expect(screen.getByRole('status').textContent).toContain('tincan-Mira.tincan-backup');
    expect(document.activeElement).toBe(passphrase());
    expect(restore().getAttribute('aria-disabled')).not.toBe('true');
  });

  it('takes a file that is dropped', () => {
    const place = screen.getByRole('status').parentElement;
    if (!place) throw new Error('there is no place to drop');
    const files = [new File([new Uint8Array(5)], 'dropped.tincan-backup')];
    fireEvent.drop(place, { dataTransfer: { files } });
    expect(screen.getByRole('status').textContent).toContain('dropped.tincan-backup');
  });

  it('gives it in parts that are in order, and the window begins anew', async () => {
    choose(2 * partSize + 3);
    write(words);
    fireEvent.click(restore());
    await waitFor(() => expect(session.getState().firstRun).toBe(false));
    const parts = called('takeBackup').map(([, part, first]) => [atob(part as string).length, first]);
    expect(parts).toEqual([
      [partSize, true],
      [partSize, false],
      [3, false],
    ]);
    expect(called('restoreBackup')).toEqual([['restoreBackup', words, false]]);
  });

  it('says that a passphrase is wrong, at its field, and does not read the file again', async () => {
    choose(100);
    write('seven words');
    fireEvent.submit(passphrase());
    await screen.findByText('That passphrase does not open this backup. Check for a missing word.');
    expect(passphrase().getAttribute('aria-invalid')).toBe('true');
    expect(screen.queryByRole('alert')).toBeNull();
    write(words);
    expect(passphrase().getAttribute('aria-invalid')).not.toBe('true');
    fireEvent.submit(passphrase());
    await waitFor(() => expect(session.getState().firstRun).toBe(false));
    expect(called('takeBackup')).toHaveLength(1);
  });

  it('says that a file is damaged, keeps what was typed, and reads what is chosen next', async () => {
    fake.refuse('restoreBackup', 'backup-damaged');
    choose(100);
    write(words);
    fireEvent.submit(passphrase());
    expect((await screen.findByRole('alert')).textContent).toContain('cut short or was changed');
    expect(passphrase().value).toBe(words);
    choose(200, 'other.tincan-backup');
    expect(screen.queryByRole('alert')).toBeNull();
    fake.refuse('restoreBackup', undefined);
    fireEvent.submit(passphrase());
    await waitFor(() => expect(session.getState().firstRun).toBe(false));
    expect(called('takeBackup')).toHaveLength(2);
  });

  it('says how far it is, and stays until it is done', async () => {
    let end: (reason: unknown) => void = () => undefined;
    fake.restoreBackup = () =>
      new Promise((_, reject) => {
        end = reject;
      });
    choose(100);
    write(words);
    fireEvent.click(restore());
    expect(await screen.findByRole('progressbar')).toBeDefined();
    await waitFor(() => expect(screen.getByText('Opening the backup and checking it')).toBeDefined());
    fireEvent.click(screen.getByRole('button', { name: /^Back/ }));
    expect(back).not.toHaveBeenCalled();
    end(new BackendError({ code: 'disk-full', message: '', params: {} }));
    expect((await screen.findByRole('alert')).textContent).toContain('disk is full');
    fireEvent.click(screen.getByRole('button', { name: /^Back/ }));
    expect(back).toHaveBeenCalledOnce();
  });
});
