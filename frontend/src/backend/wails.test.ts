import { afterEach, describe, expect, it, vi } from 'vitest';
import { hasBindings, wailsBackend } from './wails';

afterEach(() => {
  delete window.go;
  delete window.runtime;
});

function bind(methods: Record<string, (...parameters: unknown[]) => Promise<unknown>>) {
  const listeners = new Map<string, (data: unknown) => void>();
  const off = vi.fn();
  window.go = { app: { API: methods } };
  window.runtime = {
    EventsOn: (name, listener) => {
      listeners.set(name, listener);
      return off;
    },
  };
  return { listeners, off };
}

describe('wailsBackend', () => {
  it('calls the bound methods with their parameters', async () => {
    const sendText = vi.fn().mockResolvedValue({ id: '1' });
    bind({ SendText: sendText });
    expect(hasBindings()).toBe(true);
    await expect(wailsBackend().sendText('c', 'hello')).resolves.toEqual({ id: '1' });
    expect(sendText).toHaveBeenCalledWith('c', 'hello');
  });

  it('begins with what the page brought along, and asks from then on', async () => {
    const start = vi.fn().mockResolvedValue({ sequence: 9 });
    bind({ Start: start });
    document.body.innerHTML = '<script type="application/json" id="start">{"sequence":7}</script>';
    await expect(wailsBackend().start()).resolves.toEqual({ sequence: 7 });
    expect(start).not.toHaveBeenCalled();
    await expect(wailsBackend().start()).resolves.toEqual({ sequence: 9 });
  });

  it('turns every rejection into a BackendError', async () => {
    bind({ Start: vi.fn().mockRejectedValue({ code: 'read-only', message: 'm', params: {} }) });
    await expect(wailsBackend().start()).rejects.toMatchObject({ name: 'BackendError', code: 'read-only' });
  });

  it('refuses a call that is not bound instead of waiting forever', async () => {
    bind({});
    await expect(wailsBackend().start()).rejects.toMatchObject({ code: 'internal' });
  });

  it('ends a subscription, also where the runtime gives no way to', () => {
    const { listeners, off } = bind({});
    const seen = vi.fn();
    const end = wailsBackend().onChanges(seen);
    listeners.get('changes')?.({ sequence: 2 });
    end();
    listeners.get('changes')?.({ sequence: 3 });
    expect(seen).toHaveBeenCalledExactlyOnceWith({ sequence: 2 });
    expect(off).toHaveBeenCalledOnce();
  });

  it('knows a page without an app', () => {
    expect(hasBindings()).toBe(false);
  });
});
