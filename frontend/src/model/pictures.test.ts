import { beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { holdPicture, pictures, unusedMost } from './pictures';
import { resetModel } from './reset';

let fake: FakeBackend;
const asked = () => fake.calls.filter(([method]) => method === 'picture').map(([, conversation]) => conversation);
const loaded = () => Object.keys(pictures.getState().loaded);
const settled = async () => {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
};

beforeEach(() => {
  resetModel();
  const all = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`c${at}`, `data:,${at}`]));
  fake = new FakeBackend({ state: sampleState(), pictures: all });
  setBackend(fake);
});

describe('pictures', () => {
  it('are asked for once, however many show them', async () => {
    const ends = [holdPicture('c1', 'one'), holdPicture('c1', 'one')];
    await settled();
    ends.push(holdPicture('c1', 'one'));
    expect(asked()).toEqual(['c1']);
    expect(pictures.getState().loaded).toEqual({ one: 'data:,1' });
    for (const end of ends) end();
    holdPicture('c1', 'one');
    await settled();
    expect(asked()).toEqual(['c1']);
  });

  it('are asked for a few at a time, and not when nobody waits any more', async () => {
    const ends = Array.from({ length: 20 }, (_, at) => holdPicture(`c${at}`, `n${at}`));
    expect(asked()).toEqual(['c0', 'c1', 'c2', 'c3']);
    for (const end of ends.slice(10)) end();
    await settled();
    expect(asked()).toHaveLength(10);
    expect(loaded()).toHaveLength(10);
  });

  it('stay while they are shown, and the last ones a while longer', async () => {
    const ends = Array.from({ length: 100 }, (_, at) => holdPicture(`c${at}`, `n${at}`));
    await settled();
    expect(loaded()).toHaveLength(100);
    for (const end of ends.slice(1)) end();
    expect(loaded()).toHaveLength(1 + unusedMost);
    expect(loaded()).toContain('n0');
    expect(loaded()).toContain('n99');
    expect(loaded()).not.toContain('n1');
  });

  it('are asked for again after a refusal, by whoever shows them next', async () => {
    fake.refuse('picture', 'internal');
    holdPicture('c1', 'one')();
    holdPicture('c1', 'one');
    await settled();
    expect(loaded()).toEqual([]);
    fake.refuse('picture', undefined);
    holdPicture('c1', 'one');
    await settled();
    expect(loaded()).toEqual(['one']);
  });
});
