import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Conversation, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleEmoji } from '@/backend/fake-verification';
import { sampleConversation, sampleState } from '@/backend/samples';
import { setLanguage } from '@/i18n';
import { hasNamesake, session, synchronise, useConversation, view } from '@/model';
import { resetModel } from '@/model/reset';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@/testing';
import VerifyDialog from '.';
import { TrustNotice } from './TrustNotice';

const number = '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274';
let fake: FakeBackend;
let stop: (() => void) | undefined;
let closed: number;

function Place({ what }: { what: 'dialog' | 'notice' }) {
  const row = useConversation('ana');
  if (!row) return null;
  return what === 'notice' ? (
    <TrustNotice conversation={row} className="" />
  ) : (
    <VerifyDialog
      conversation={row}
      onClose={() => {
        closed += 1;
      }}
    />
  );
}

async function show(change: Partial<Conversation> = {}, what: 'dialog' | 'notice' = 'dialog'): Promise<void> {
  fake = new FakeBackend({ state: sampleState([sampleConversation('ana', { name: 'Ana Duarte', ...change })]) });
  setBackend(fake);
  stop = synchronise(fake);
  await waitFor(() => expect(session.getState().status).toBe('ready'));
  render(<Place what={what} />);
  await act(() => Promise.resolve());
}

async function press(name: string | RegExp): Promise<void> {
  await act(() => {
    fireEvent.click(screen.getByRole('button', { name }));
    return Promise.resolve();
  });
}

const row = (): Conversation | undefined => session.getState().conversations.ana;

beforeEach(() => {
  closed = 0;
});

afterEach(async () => {
  vi.useRealTimers();
  cleanup();
  stop?.();
  resetModel();
  await setLanguage('en');
});

describe('the number', () => {
  it('stands in twelve groups beside its code, and what they say is kept', async () => {
    await show();
    const groups = within(screen.getByRole('list', { name: 'Safety number' })).getAllByRole('listitem');
    expect(groups.map((group) => group.textContent).join(' ')).toBe(number);
    expect(screen.getByRole('img', { name: /The digits stand beside it/ })).toBeTruthy();
    await press('They match');
    expect(row()?.verified).toMatchObject({ trust: 'compared', method: 'number' });
    expect(screen.getByText(/by safety number/)).toBeTruthy();
    await press('Remove mark');
    expect(row()?.verified.trust).toBe('none');
  });

  it('is compared with what is typed', async () => {
    await show();
    await press('Enter theirs');
    const field = screen.getByLabelText('The number on Ana’s screen');
    for (const [text, words] of [
      ['30921 7745', /9 of 60 digits/],
      ['30921 77451', /Group 2 differs/],
      ['30921 seven', /60 digits and nothing else/],
      [number.replaceAll(' ', '\n'), /This is the same number/],
    ] as const) {
      await act(() => {
        fireEvent.change(field, { target: { value: text } });
        return Promise.resolve();
      });
      expect(await screen.findByText(words)).toBeTruthy();
    }
  });

  it('that differs cuts the line, and says what to do', async () => {
    await show();
    await press('They don’t match');
    expect(row()?.verified.trust).toBe('differs');
    expect(screen.getByText('Somebody may be posing as Ana.')).toBeTruthy();
    await press('Ban this key');
    expect(view.getState().dialog).toEqual({ kind: 'ban', conversation: 'ana' });
    await press('Compare again');
    expect(screen.getByText(/you found that they differ/)).toBeTruthy();
    await press('They match');
    expect(row()?.verified.trust).toBe('compared');
  });

  it('that differed can be put aside', async () => {
    await show({ verified: { trust: 'differs', method: 'number', since: '2026-11-21T10:00:00.000Z' } });
    await press('Send anyway');
    expect(row()?.verified.trust).toBe('none');
    expect(closed).toBe(1);
  });

  it('that cannot be kept says why', async () => {
    await show();
    fake.refuse('verify', 'disk-full');
    await press('They match');
    expect(screen.getByRole('alert').textContent).toMatch(/disk is full/);
    expect(row()?.verified.trust).toBe('none');
  });
});

describe('emoji', () => {
  it('are named in both languages, and both have to say that they match', async () => {
    await show();
    await press('Compare by emoji');
    expect(screen.getByText(/Waiting for Ana to agree/)).toBeTruthy();
    expect(document.activeElement?.textContent).toBe('Stop');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    act(() => void fake.check('ana', { state: 'comparing', emoji: sampleEmoji }));
    const names = () =>
      within(screen.getByRole('list'))
        .getAllByRole('listitem')
        .map((one) => one.textContent?.replace(/^\P{L}+/u, ''));
    expect(names()).toEqual(['Trophy', 'Rooster', 'Corn', 'Trumpet', 'Fish', 'Banana', 'Thumbs up']);
    expect(document.activeElement?.textContent).toBe('Stop'); // and not what comes in its place
    await act(async () => setLanguage('zh-CN'));
    expect(names()).toEqual(['奖杯', '公鸡', '玉米', '喇叭', '鱼', '香蕉', '赞']);
    await act(async () => setLanguage('en'));
    await press(/^They match/); // a second press where "Compare" was
    expect(row()?.check?.said).toBe(false);
    await act(() => Promise.resolve(vi.advanceTimersByTime(1000)));
    vi.useRealTimers();
    await press('They match');
    expect(row()?.verified.trust).toBe('none');
    expect(screen.getByText(/Waiting for Ana to say so, too/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'They match' })).toBeNull();
    act(() => void fake.check('ana', { state: 'done', emoji: sampleEmoji }));
    expect(document.activeElement?.textContent).toBe('Done');
  });

  it('are refused with a sentence', async () => {
    await show();
    fake.refuse('startCheck', 'check-older', { name: 'Ana' });
    await press('Compare by emoji');
    expect(screen.getByRole('alert').textContent).toMatch(/cannot compare by emoji/);
  });

  it('that end without a result say why, and lead on', async () => {
    const error = { code: 'check-broken', message: '', params: { name: 'Ana Duarte' } };
    await show({ check: { state: 'ended', emoji: [], said: false, theySaid: false, error } });
    expect(screen.getByRole('alert').textContent).toMatch(/tampered with/);
    await press('Try again');
    expect(screen.getByText(/Waiting for Ana to agree/)).toBeTruthy();
  });
});

describe('under the header', () => {
  it('somebody asks, and is answered', async () => {
    await show({ check: { state: 'asked', emoji: [], said: false, theySaid: false } }, 'notice');
    expect(screen.getByRole('alert').textContent).toMatch(/Ana wants to compare emoji with you/);
    await press('Compare');
    expect(row()?.check?.state).toBe('comparing');
    expect(view.getState().dialog).toEqual({ kind: 'verify', conversation: 'ana' });
  });

  it('it says that nothing is sent', async () => {
    await show({ verified: { trust: 'differs', method: 'emoji', since: '2026-11-21T10:00:00.000Z' } }, 'notice');
    expect(screen.getByRole('alert').textContent).toMatch(/Nothing is sent to Ana/);
    await press('Compare again');
    expect(view.getState().dialog).toEqual({ kind: 'verify', conversation: 'ana' });
  });

  it('nothing stands for anybody else', async () => {
    await show({}, 'notice');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.queryByRole('status')).toBeNull();
  });
});

describe('a namesake', () => {
  it('has another key and the same name, however it is written', () => {
    const contacts = [sampleConversation('ana', { name: 'Ana  Duarte' })];
    expect(hasNamesake(contacts, { name: 'ána duarte', peerId: 'tc1other' })).toBe(true);
    expect(hasNamesake(contacts, { name: 'Ana Duarte', peerId: 'tc1ana' })).toBe(false);
    expect(hasNamesake(contacts, { name: 'Ana', peerId: 'tc1other' })).toBe(false);
  });
});

describe('a key that changed', () => {
  it('of somebody who was compared holds back until it is compared again, or sent anyway', async () => {
    await show({ verified: { trust: 'changed', method: 'number', since: '' } }, 'notice');
    expect(screen.getByRole('alert').textContent).toContain('Ana has a new key, and you had compared the old one');
    await press('Compare…');
    expect(view.getState().dialog).toEqual({ kind: 'verify', conversation: 'ana' });
    await press('Send anyway');
    expect(row()?.verified.trust).toBe('none');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('that two claim to follow says so', async () => {
    await show({ verified: { trust: 'forked', method: '', since: '' } }, 'notice');
    expect(screen.getByRole('alert').textContent).toContain('Two keys claim to follow that of Ana');
  });

  it('of mine that somebody has not heard of says what becomes of what is written', async () => {
    await show({ following: true, contact: 'asked' }, 'notice');
    expect(screen.getByRole('status').textContent).toContain('Ana has not heard of your new key yet');
  });

  it('leads to what was written before', async () => {
    fake = new FakeBackend({
      state: sampleState([
        sampleConversation('ana', { name: 'Ana Duarte' }),
        sampleConversation('old', { name: 'Ana Duarte', former: true, next: 'ana' }),
      ]),
    });
    setBackend(fake);
    stop = synchronise(fake);
    await waitFor(() => expect(session.getState().status).toBe('ready'));
    render(<Place what="notice" />);
    await press('Show');
    expect(view.getState().conversation).toBe('old');
  });
});
