import { describe, expect, it } from 'vitest';
import { act, renderHook, waitFor } from '@/testing';
import { useCall } from './useCall';

describe('useCall', () => {
  it('is pending until the call is answered, and forgets what was refused before', async () => {
    const { result } = renderHook(() => useCall());
    expect(result.current).toMatchObject({ pending: false, failure: undefined });

    let refuse: (reason: unknown) => void = () => undefined;
    act(() => result.current.run(() => new Promise((_, reject) => (refuse = reject))));
    expect(result.current.pending).toBe(true);
    const reason = new Error('no');
    act(() => refuse(reason));
    await waitFor(() => expect(result.current.pending).toBe(false));
    expect(result.current).toMatchObject({ pending: false, failure: reason });

    let answer: () => void = () => undefined;
    act(() => result.current.run(() => new Promise<void>((done) => (answer = done))));
    expect(result.current).toMatchObject({ pending: true, failure: undefined });
    act(() => answer());
    await waitFor(() => expect(result.current.pending).toBe(false));
    expect(result.current).toMatchObject({ pending: false, failure: undefined });
  });
});
