import { describe, expect, it, vi } from 'vitest';
import { act, render, screen } from '@/testing';
import { type Late, late } from './late';

function Place({ of }: { of: Late<{ word: string }> }) {
  return <p>{of.useLoaded()?.word ?? 'waiting'}</p>;
}

describe('late', () => {
  it('is brought once, shown when it is there, and at once after that', async () => {
    let arrive: (module: { word: string }) => void = vi.fn();
    const bring = vi.fn(
      () =>
        new Promise<{ word: string }>((resolve) => {
          arrive = resolve;
        }),
    );
    const module = late(bring);
    render(<Place of={module} />);
    const both = Promise.all([module.load(), module.load()]);
    expect(bring).toHaveBeenCalledOnce();
    expect(screen.getByText('waiting')).toBeDefined();
    await act(async () => {
      arrive({ word: 'here' });
      await both;
    });
    expect(screen.getByText('here')).toBeDefined();
    render(<Place of={module} />);
    expect(screen.getAllByText('here')).toHaveLength(2);
  });

  it('says what failed, and tries again when it is asked again', async () => {
    const bring = vi.fn().mockRejectedValueOnce(new Error('gone')).mockResolvedValueOnce({});
    const module = late(bring);
    await expect(module.load()).rejects.toThrow('gone');
    await module.load();
    expect(bring).toHaveBeenCalledTimes(2);
  });
});
