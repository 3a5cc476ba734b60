import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { applyState } from './apply';
import { attention, readRest, sawMessage, watchAttention } from './attention';
import { draftOf, draftRest, flushDraft, flushDrafts, keepDraft } from './drafts';
import { resetModel } from './reset';
import { session } from './session';
import { showConversation, showSettings } from './view';

let fake: FakeBackend;
const saved = (method: string) => fake.calls.filter(([name]) => name === method).map(([, ...rest]) => rest);

beforeEach(() => {
  vi.useFakeTimers();
  resetModel();
  const state = sampleState([sampleConversation('ana', { draft: 'from last time' }), sampleConversation('ole')]);
  fake = new FakeBackend({ state });
  setBackend(fake);
  session.setState(applyState(session.getState(), state));
});

afterEach(() => vi.useRealTimers());

describe('drafts', () => {
  it('begin with what was kept, and are written when the keys rest', () => {
    expect(draftOf('ana')).toBe('from last time');
    keepDraft('ana', 'h');
    vi.advanceTimersByTime(draftRest - 1);
    keepDraft('ana', 'hello');
    vi.advanceTimersByTime(draftRest - 1);
    expect(saved('saveDraft')).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(saved('saveDraft')).toEqual([['ana', 'hello']]);
    expect(draftOf('ana')).toBe('hello');
  });

  it('are written at once when the conversation or the window is left, and only once', () => {
    keepDraft('ana', 'one');
    keepDraft('ole', 'two');
    flushDraft('ana');
    flushDraft('ana');
    flushDrafts();
    vi.advanceTimersByTime(draftRest);
    expect(saved('saveDraft')).toEqual([
      ['ana', 'one'],
      ['ole', 'two'],
    ]);
  });
});

describe('reading', () => {
  it('counts after a moment on screen, with the newest message, once', () => {
    showConversation('ana');
    sawMessage('ana', 'm1', '1');
    sawMessage('ana', 'm3', '3');
    sawMessage('ana', 'm2', '2');
    vi.advanceTimersByTime(readRest);
    sawMessage('ana', 'm3', '3');
    vi.advanceTimersByTime(readRest);
    expect(saved('markRead')).toEqual([['ana', 'm3']]);
  });

  it('does not count without focus, behind the settings, or when the window lost the focus meanwhile', () => {
    showConversation('ole');
    attention.setState({ focused: false });
    sawMessage('ole', 'm1', '1');
    attention.setState({ focused: true });
    showSettings();
    sawMessage('ole', 'm1', '1');
    showConversation('ole');
    sawMessage('ole', 'm1', '1');
    attention.setState({ focused: false });
    vi.advanceTimersByTime(readRest);
    expect(saved('markRead')).toEqual([]);
  });

  it('tells the backend what is on screen, once for each change', () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    const end = watchAttention();
    showConversation('ana');
    showConversation('ana');
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    window.dispatchEvent(new Event('blur'));
    end();
    expect(saved('focus')).toEqual([
      ['', true],
      ['ana', true],
      ['ana', false],
    ]);
  });
});
