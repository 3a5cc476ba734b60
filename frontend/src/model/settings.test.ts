import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Settings, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleState } from '@/backend/samples';
import { resetModel } from './reset';
import { session } from './session';
import { changeSettings } from './settings';
import { synchronise } from './sync';

let fake: FakeBackend;
let stop: () => void;
let asked: { settings: Settings; answer: () => void; refuse: () => void }[];
const tone = () => session.getState().settings.emojiTone;

beforeEach(async () => {
  resetModel();
  fake = new FakeBackend({ state: sampleState([sampleConversation('ana')]) });
  asked = [];
  fake.saveSettings = (settings) =>
    new Promise((resolve, reject) => {
      asked.push({ settings, answer: () => resolve(settings), refuse: () => reject(new Error('the disk is full')) });
    });
  setBackend(fake);
  stop = synchronise(fake);
  await vi.waitFor(() => expect(session.getState().status).toBe('ready'));
});

afterEach(() => stop());

it('keeps what was chosen last while older answers come, and saves one after the other', async () => {
  const first = changeSettings({ emojiTone: 1 });
  const second = changeSettings({ emojiTone: 2 });
  expect(tone()).toBe(2);
  expect(asked.map(({ settings }) => settings.emojiTone)).toEqual([1]);
  asked[0]?.answer();
  await first;
  expect(tone()).toBe(2);
  await vi.waitFor(() => expect(asked.length).toBe(2));
  asked[1]?.answer();
  await second;
  expect(tone()).toBe(2);
});

it('goes back to what was saved when the last is refused, and tells who asked', async () => {
  const first = changeSettings({ emojiTone: 1 });
  const second = changeSettings({ emojiTone: 2 });
  asked[0]?.answer();
  await first;
  await vi.waitFor(() => expect(asked.length).toBe(2));
  asked[1]?.refuse();
  await expect(second).rejects.toThrow('the disk is full');
  expect(tone()).toBe(1);
});

it('shows the last choice while the program tells of those before it', async () => {
  const told = (emojiTone: number, unread: number) => {
    fake.emit({
      settings: { ...fake.state.settings, emojiTone },
      conversations: [sampleConversation('ana', { unread })],
    });
    return vi.waitFor(() => expect(session.getState().conversations.ana?.unread).toBe(unread));
  };
  const first = changeSettings({ emojiTone: 1 });
  const second = changeSettings({ emojiTone: 2 });
  asked[0]?.answer();
  await first;
  await told(1, 1);
  expect(tone()).toBe(2);
  // What is changed next is made of it.
  const third = changeSettings({ textSize: 1.2 });
  await vi.waitFor(() => expect(asked.length).toBe(2));
  asked[1]?.answer();
  await second;
  await vi.waitFor(() => expect(asked.length).toBe(3));
  expect(asked[2]?.settings).toMatchObject({ textSize: 1.2, emojiTone: 2 });
  asked[2]?.answer();
  await third;
  await told(4, 2);
  expect(tone()).toBe(4);
});
