import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { session, synchronise } from '@/model';
import { resetModel } from '@/model/reset';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
import FirstRun from './index';
import { nameOnTheCan } from './nameOnTheCan';

let fake: FakeBackend;
let stop: () => void;

function begin(): void {
  resetModel();
  fake = new FakeBackend({ state: sampleState([], { firstRun: true }) });
  setBackend(fake);
  stop = synchronise(fake);
  render(<FirstRun />);
}

const name = () => screen.getByRole('textbox', { name: 'What should people call you?' });
const create = () => fireEvent.click(screen.getByRole('button', { name: 'Create my line' }));
const made = () => fake.calls.filter(([method]) => method === 'createProfile');

beforeEach(() => begin());

afterEach(() => {
  vi.useRealTimers();
  stop();
});

describe('first run', () => {
  it('asks for a name and a colour, and then the window is there', async () => {
    await waitFor(() => expect(document.activeElement).toBe(name()));
    fireEvent.change(name(), { target: { value: ' Mira ' } });
    expect(document.querySelector('svg text')?.textContent).toBe('Mira');
    fireEvent.click(screen.getByRole('radio', { name: 'Sea' }));
    create();
    await waitFor(() => expect(session.getState().firstRun).toBe(false));
    expect(made()).toEqual([['createProfile', 'Mira', 5]]);
    expect(session.getState().profile).toMatchObject({ name: 'Mira', color: 5 });
  });

  it('says under the field what is wrong with the name, until it is changed', async () => {
    create();
    await screen.findByText(/name is missing/);
    expect(name().getAttribute('aria-invalid')).toBe('true');
    fireEvent.change(name(), { target: { value: 'M' } });
    expect(screen.queryByText(/name is missing/)).toBeNull();
  });

  it('keeps what was typed when the line cannot be made', async () => {
    fake.refuse('createProfile', 'disk-full');
    fireEvent.change(name(), { target: { value: 'Mira' } });
    create();
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is full');
    expect((name() as HTMLInputElement).value).toBe('Mira');
    fake.refuse('createProfile', undefined);
    create();
    await waitFor(() => expect(session.getState().firstRun).toBe(false));
  });

  it('gives way to the string only when it takes a while', async () => {
    stop();
    document.body.replaceChildren();
    vi.useFakeTimers();
    begin();
    const { createProfile } = fake;
    fake.createProfile = async (...asked) => {
      const state = await createProfile(...asked);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return state;
    };
    fireEvent.change(name(), { target: { value: 'Mira' } });
    create();
    await act(() => vi.advanceTimersByTimeAsync(300));
    expect(screen.getByRole('button', { name: 'Creating your line' })).toBeDefined();
    await act(() => vi.advanceTimersByTimeAsync(200));
    expect(screen.getByRole('heading', { name: 'Stretching the string…' })).toBeDefined();
    expect(made()).toHaveLength(1);
    await act(() => vi.advanceTimersByTimeAsync(1000));
    expect(session.getState().firstRun).toBe(false);
  });
});

describe('nameOnTheCan', () => {
  it.each([
    ['  Mira   Lind ', 'Mira Lind'],
    ['Wilhelmina Featherstonehaugh', 'Wilhelmina'],
    ['Donaudampfschifffahrtsgesellschaft', 'Donaudampfschif…'],
    ['李小梅', '李小梅'],
    ['', ''],
  ])('writes %o as %o', (typed, written) => expect(nameOnTheCan(typed)).toBe(written));
});
