import { beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { session } from '@/model';
import { resetModel } from '@/model/reset';
import { runKey } from './useKeys';

const press = (key: string) => runKey(new KeyboardEvent('keydown', { key, ctrlKey: true }));
const size = () => session.getState().settings.textSize;

describe('the keys for the size of text', () => {
  beforeEach(() => {
    resetModel();
    setBackend(new FakeBackend({ state: sampleState() }));
    session.setState({ status: 'ready' });
  });

  it('make it larger and smaller by steps, as far as they go, and as usual', () => {
    for (const want of [1.15, 1.3, 1.3]) {
      expect(press('+')).toBe(true);
      expect(size()).toBe(want);
    }
    for (const want of [1.15, 1, 0.9, 0.9]) {
      expect(press('-')).toBe(true);
      expect(size()).toBe(want);
    }
    expect(press('=')).toBe(true);
    expect(size()).toBe(1);
    press('+');
    expect(press('0')).toBe(true);
    expect(size()).toBe(1);
  });
});
