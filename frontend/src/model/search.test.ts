import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Message, type SearchHit, type SearchPage, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { resetModel } from './reset';
import {
  askNow,
  closeSearch,
  followSearch,
  hitsMost,
  openHit,
  openSearch,
  search,
  searchAgain,
  searchMore,
  setSearchScope,
  setSearchText,
} from './search';
import { session } from './session';
import { synchronise } from './sync';
import { followView } from './timelines';
import { showConversation, showSearch, view } from './view';

let fake: FakeBackend;
let ends: (() => void)[] = [];
const now = () => search.getState();
const ids = () => now().hits.map((hit) => hit.id);
const asked = () => fake.calls.filter(([name]) => name === 'search').map(([, ...rest]) => rest);

beforeEach(async () => {
  resetModel();
  const words = ['ferry', 'boat', '会议室', 'ferryman'];
  fake = new FakeBackend({
    now: () => new Date('2026-12-01T12:00:00Z'),
    state: sampleState([sampleConversation('ana'), sampleConversation('ole')]),
    messages: {
      ana: Array.from({ length: 200 }, (_, minute) =>
        sampleMessage('ana', minute, { text: `${words[minute % 4]} ${minute}` }),
      ),
      ole: [sampleMessage('ole', 3, { text: 'no ferry today' })],
    },
  });
  setBackend(fake);
  ends = [synchronise(fake), followView(), followSearch()];
  await vi.waitFor(() => expect(session.getState().status).toBe('ready'));
  openSearch('');
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  for (const end of ends) end();
});

const type = (text: string) => {
  for (let end = 1; end <= text.length; end++) setSearchText(text.slice(0, end));
};
/** Lets answers come. */
const rest = () => vi.advanceTimersByTimeAsync(0);

/** Keeps answers back; each call of the returned function lets the oldest one go. */
function held(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const answer = fake.search;
  fake.search = async (...parameters) => {
    const page = await answer(...parameters);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return page;
  };
  return async () => {
    waiting.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
  };
}

describe('search', () => {
  it('asks at once, what was typed meanwhile after the answer, and again only for another word', async () => {
    type('boat');
    expect(now().asking).toBe(true);
    await rest();
    expect(asked()).toEqual([
      ['b', '', ''],
      ['boat', '', ''],
    ]);
    expect(now()).toMatchObject({ asking: false, before: '', answered: { text: 'boat', scope: '' } });
    expect(ids()).toHaveLength(50);
    setSearchText('boat ');
    setSearchText('boat');
    await rest();
    expect(asked()).toHaveLength(2);
    setSearchText('');
    expect(now()).toMatchObject({ hits: [], answered: undefined, asking: false });
  });

  it('waits while a word is being composed', async () => {
    setSearchText('hui', true);
    await rest();
    expect(asked()).toEqual([]);
    setSearchText('会议', false);
    await rest();
    expect(asked()).toEqual([['会议', '', '']]);
  });

  it('asks one question at a time, and an answer never overwrites that of a newer word', async () => {
    const answer = held();
    setSearchText('ferry');
    await rest();
    setSearchText('boat');
    await rest();
    expect(asked()).toEqual([['ferry', '', '']]);
    await answer();
    expect(now()).toMatchObject({ hits: [], asking: true });
    await rest();
    expect(asked().at(-1)).toEqual(['boat', '', '']);
    await answer();
    expect(now()).toMatchObject({ answered: { text: 'boat' }, asking: false });
  });

  it('gives up what runs when it is closed', async () => {
    const answer = held();
    setSearchText('ferry');
    await rest();
    closeSearch();
    await answer();
    expect(now()).toMatchObject({ text: '', hits: [], answered: undefined });
    expect(view.getState().place.kind).toBe('conversations');
  });

  it('brings older ones by the cursor, once at a time and not without end', async () => {
    setSearchText('ferry');
    await rest();
    expect(ids()).toHaveLength(50);
    await Promise.all([searchMore(), searchMore()]);
    expect(asked()).toHaveLength(2);
    await searchMore();
    expect(ids()).toHaveLength(101);
    expect(new Set(ids()).size).toBe(101);
    expect(now().before).toBe('');
    await searchMore();
    expect(asked()).toHaveLength(3);
    const [first] = now().hits;
    search.setState({
      before: '0',
      hits: Array.from({ length: hitsMost }, (_, at) => ({ ...(first as SearchHit), id: String(at) })),
    });
    await searchMore();
    expect(asked()).toHaveLength(3);
  });

  it('looks through one conversation, or all', async () => {
    setSearchText('ferry');
    setSearchScope('ole');
    await rest();
    expect(asked().at(-1)).toEqual(['ferry', 'ole', '']);
    expect(ids()).toEqual(['ole-3']);
    openSearch('');
    await rest();
    expect(asked().at(-1)).toEqual(['ferry', '', '']);
  });

  it('says that it failed, keeps the word, and tries again', async () => {
    fake.refuse('search', 'late');
    setSearchText('boat');
    await rest();
    expect(now()).toMatchObject({ text: 'boat', asking: false, failure: { code: 'late' } });
    fake.refuse('search', undefined);
    askNow();
    await rest();
    expect(now().failure).toBeUndefined();
    expect(ids()).toHaveLength(50);
  });

  it('asks again while the index is being made', async () => {
    const answer = fake.search;
    let waiting = 12;
    fake.search = async (...parameters): Promise<SearchPage> => {
      const page = await answer(...parameters);
      return waiting > 0 ? { ...page, hits: page.hits.slice(0, 3), before: '', waiting } : page;
    };
    setSearchText('boat');
    await rest();
    expect(now()).toMatchObject({ waiting: 12 });
    expect(ids()).toHaveLength(3);
    waiting = 0;
    await vi.advanceTimersByTimeAsync(searchAgain);
    expect(now().waiting).toBe(0);
    expect(ids()).toHaveLength(50);
    await vi.advanceTimersByTimeAsync(searchAgain * 3);
    expect(asked()).toHaveLength(2);
  });
});

describe('what was found follows', () => {
  beforeEach(async () => {
    setSearchText('boat');
    await rest();
  });

  it('what is deleted or disappears, at once', () => {
    const [first, second] = ids();
    fake.emit({ removedMessages: [first ?? ''] });
    expect(ids()).not.toContain(first);
    const held = fake.messages.ana?.find((message) => message.id === second);
    fake.emit({ messages: [{ ...(held as Message), text: '', deleted: true }] });
    expect(ids()).not.toContain(second);
    fake.emit({ removedConversations: ['ana'] });
    expect(ids()).toEqual([]);
  });

  it('what arrives, and what is edited to or from the word, soon', async () => {
    const arrived = fake.arrive('ole', 'the boat is here');
    const list = fake.messages.ana ?? [];
    const change = (id: string, text: string) => {
      const at = list.findIndex((message) => message.id === id);
      const edited = { ...(list[at] as (typeof list)[number]), text, edited: '2026-12-01T12:00:00.000Z' };
      list[at] = edited;
      fake.emit({ messages: [edited] });
    };
    change('ana-101', 'it was a kayak');
    change('ana-100', 'a boat after all');
    await vi.advanceTimersByTimeAsync(searchAgain);
    expect(ids()).toContain(arrived.id);
    expect(ids()).not.toContain('ana-101');
    expect(ids()).toContain('ana-100');
    expect(now().hits.map((hit) => hit.order)).toEqual([...now().hits.map((hit) => hit.order)].sort().reverse());
  });

  it('when it is seen again', async () => {
    const [hit] = now().hits;
    if (hit) await openHit(hit);
    expect(view.getState()).toMatchObject({ place: { kind: 'conversations' }, conversation: 'ana' });
    expect(now().text).toBe('boat');
    fake.arrive('ole', 'the boat is here');
    await vi.advanceTimersByTimeAsync(searchAgain * 2);
    expect(asked()).toHaveLength(1);
    openSearch('');
    await vi.advanceTimersByTimeAsync(searchAgain);
    expect(asked()).toHaveLength(2);
    expect(now().hits[0]?.snippet).toBe('the boat is here');
  });

  it('and says that one is gone when it is opened', async () => {
    const [hit] = now().hits;
    fake.messages.ana = (fake.messages.ana ?? []).filter((message) => message.id !== hit?.id);
    if (hit) await openHit(hit);
    expect(now().gone).toBe(true);
    expect(ids()).not.toContain(hit?.id);
    expect(view.getState().place.kind).toBe('search');
    setSearchText('boat 1');
    expect(now().gone).toBe(false);
  });

  it('and Escape leads back to where the search was begun, however far a hit led away', async () => {
    closeSearch();
    showConversation('ole');
    await vi.advanceTimersByTimeAsync(0);
    openSearch('');
    setSearchText('boat');
    await rest();
    const hit = now().hits.at(-1);
    if (hit) await openHit(hit);
    expect(view.getState().conversation).toBe('ana');
    showSearch();
    closeSearch();
    await vi.advanceTimersByTimeAsync(0);
    expect(view.getState()).toMatchObject({ place: { kind: 'conversations' }, conversation: 'ole' });
    expect(now().text).toBe('');
  });

  it('is forgotten when another conversation is opened', async () => {
    const [hit] = now().hits;
    if (hit) await openHit(hit);
    showConversation('ole');
    expect(now().text).toBe('');
  });
});
