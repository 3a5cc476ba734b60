import { createStore } from 'zustand/vanilla';

/** The day it is here, as a key that changes at midnight: what is written relative to today is written again then. */
export const today = createStore<{ day: string }>()(() => ({ day: new Date().toDateString() }));

/** Looks at the clock once a minute, and when the window is seen again after a sleep. */
export function watchDay(): () => void {
  const look = () => {
    const day = new Date().toDateString();
    if (day !== today.getState().day) today.setState({ day });
  };
  const timer = setInterval(look, 60_000);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}
