import { beforeEach, expect, it, vi } from 'vitest';
import { type Settings, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { applyState } from './apply';
import { resetModel } from './reset';
import { session } from './session';
import { changeSettings } from './settings';

let asked: { settings: Settings; answer: () => void; refuse: () => void }[];
const tone = () => session.getState().settings.emojiTone;

beforeEach(() => {
  resetModel();
  const state = sampleState([]);
  const fake = new FakeBackend({ state });
  asked = [];
  fake.saveSettings = (settings) =>
    new Promise((resolve, reject) => {
      asked.push({ settings, answer: () => resolve(settings), refuse: () => reject(new Error('the disk is full')) });
    });
  setBackend(fake);
  session.setState(applyState(session.getState(), state));
});

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
