import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bring } from './bring';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  document.head.replaceChildren();
});

describe('bring', () => {
  it('asks once a second, until the program is back', async () => {
    const load = vi.fn().mockRejectedValueOnce(new Error('away')).mockRejectedValueOnce(new Error('away'));
    load.mockResolvedValueOnce('here');
    const brought = bring(load);
    await vi.advanceTimersByTimeAsync(999);
    expect(load).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1);
    expect(load).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1000);
    await expect(brought).resolves.toBe('here');
  });

  it('brings the style sheets that failed before, which nobody else asks for again', async () => {
    const failed = document.createElement('link');
    failed.rel = 'stylesheet';
    failed.href = '/assets/Settings.css';
    document.head.append(failed);
    failed.dispatchEvent(new Event('error'));
    const done = vi.fn();
    void bring(() => Promise.resolve('here')).then(done);
    await vi.advanceTimersByTimeAsync(0);
    const again = document.head.lastElementChild as HTMLLinkElement;
    expect(again).not.toBe(failed);
    expect(again.getAttribute('href')).toBe(failed.href);
    expect(done).not.toHaveBeenCalled();
    again.dispatchEvent(new Event('load'));
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toHaveBeenCalledWith('here');
    // It is there now.
    const count = document.head.childElementCount;
    await bring(() => Promise.resolve('here'));
    expect(document.head.childElementCount).toBe(count);
  });
});
