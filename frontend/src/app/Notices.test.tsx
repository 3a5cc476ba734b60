import { afterEach, describe, expect, it } from 'vitest';
import { type Notice, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { session, synchronise, toasts, useConversation, view } from '@/model';
import { resetModel } from '@/model/reset';
import { fireEvent, render, screen, waitFor } from '@/testing';
import { ContactNotice } from './Notices';
import { ProblemBar } from './ProblemBar';

let fake: FakeBackend;
let stop: () => void = () => undefined;

const notice = (id: string, code: string): Notice => ({
  id,
  code,
  message: 'In English.',
  params: { name: 'Ana', count: '3' },
});

async function begin(ofAna: Notice | undefined, ofInstall?: Notice): Promise<void> {
  resetModel();
  const muted = ofAna?.code === 'flood' ? { muted: '2026-11-21T10:00:00.000Z' } : {};
  const ana = sampleConversation('ana', { name: 'Ana Duarte', ...(ofAna ? { notice: ofAna } : {}), ...muted });
  fake = new FakeBackend({ state: sampleState([ana], ofInstall ? { notice: ofInstall } : {}) });
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
  render(
    <>
      <ProblemBar />
      <Place />
      <textarea data-composer="" />
    </>,
  );
}

function Place() {
  const conversation = useConversation('ana');
  return conversation ? <ContactNotice conversation={conversation} /> : null;
}

afterEach(() => stop());

describe('notices', () => {
  it('say what happened, are dismissed, and leave the focus in the message field', async () => {
    await begin(notice('fork/1', 'fork-own'));
    expect(screen.getByRole('status').textContent).toContain('Use one copy only');
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    await waitFor(() => expect(screen.queryByRole('status')).toBeNull());
    expect(fake.calls).toContainEqual(['dismissNotice', 'ana', 'fork/1']);
    await waitFor(() => expect(document.activeElement?.tagName).toBe('TEXTAREA'));
  });

  it('stay when they cannot be dismissed for good, and say why', async () => {
    await begin(notice('gap/1', 'gap'));
    fake.refuse('dismissNotice', 'disk-full');
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    await waitFor(() => expect(toasts.getState().current?.text).toContain('disk is full'));
    expect(screen.getByRole('status').textContent).toContain('3 came');
  });

  it('have no way out while nothing can be said', async () => {
    await begin(notice('', 'version-newer'));
    expect(screen.getByRole('status')).toBeDefined();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('of a flood offer to hear of it again, and to ban', async () => {
    await begin(notice('', 'flood'));
    expect(screen.getByRole('status').textContent).toContain('more than anybody can read');
    expect(screen.queryByRole('button', { name: 'Dismiss' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Ban…' }));
    expect(view.getState().dialog).toEqual({ kind: 'ban', conversation: 'ana' });
    fake.refuse('unmute', 'disk-full');
    fireEvent.click(screen.getByRole('button', { name: 'Unmute' }));
    await waitFor(() => expect(toasts.getState().current?.text).toContain('disk is full'));
    fake.refuse('unmute', undefined);
    fireEvent.click(await screen.findByRole('button', { name: 'Unmute' }));
    await waitFor(() => expect(screen.queryByRole('status')).toBeNull());
    expect(fake.calls).toContainEqual(['unmute', 'ana']);
    await waitFor(() => expect(document.activeElement?.tagName).toBe('TEXTAREA'));
  });

  it('of the folder stand where troubles of the app do, and give way to these', async () => {
    await begin(undefined, notice('2026-11-21T10:00:00.000Z', 'copied'));
    expect(screen.getByRole('status').textContent).toContain('These files are a copy');
    fake.emit({ problem: { code: 'disk-full', message: '', params: {} } });
    await screen.findByRole('alert');
    expect(screen.queryByText(/These files are a copy/)).toBeNull();
    fake.emit({ problem: { code: '', message: '', params: {} } as never });
    fireEvent.click(await screen.findByRole('button', { name: 'Dismiss' }));
    await waitFor(() => expect(session.getState().notice).toBeUndefined());
    expect(screen.queryByRole('status')).toBeNull();
  });
});
