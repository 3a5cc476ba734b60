import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { backend, type Progress } from '@/backend';
import { forgetAnswers } from './answers';
import { forgetDrafts } from './drafts';
import { forgetPictures } from './pictures';
import { forgetSearch } from './search';
import { endSelection } from './selection';
import { emptySession, session } from './session';
import { forgetLeaving } from './steady';
import { forgetTimelines } from './timelines';
import { forgetTraffic } from './traffic';
import { emptyView, view } from './view';
import { writing } from './writing';

const progress = createStore<{ now: Progress | undefined }>()(() => ({ now: undefined }));

/** How far a backup or restoring one is, while it runs. */
export function useProgress(): Progress | undefined {
  return useStore(progress, (state) => state.now);
}

export function followProgress(now: Progress | undefined): void {
  progress.setState({ now });
}

/** What a locked window may know: nothing but how it looks. */
export function forgetEverything(): void {
  const { settings, version } = session.getState();
  endSelection();
  forgetTimelines();
  forgetSearch();
  forgetPictures();
  forgetDrafts();
  forgetAnswers();
  forgetTraffic();
  forgetLeaving();
  writing.setState({ aims: {} });
  view.setState(emptyView, true);
  session.setState({ ...emptySession, settings, version, status: 'locked' }, true);
}

/** How often it is looked whether somebody was here, in milliseconds. */
const lookEvery = 5_000;

/** Locks the profile when nobody touched a key or the mouse for as long as the settings say. */
export function useIdleLock(): void {
  const minutes = useStore(session, (state) => (state.status === 'ready' ? (state.settings.lockAfter ?? 0) : 0));
  useEffect(() => {
    if (minutes === 0) return;
    let last = Date.now();
    const touched = () => {
      last = Date.now();
    };
    const events = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;
    for (const name of events) window.addEventListener(name, touched, { capture: true, passive: true });
    const timer = setInterval(() => {
      if (Date.now() - last < minutes * 60_000) return;
      // Without a passphrase there is nothing to lock with, and that is no news.
      backend()
        .lock()
        .catch(() => undefined);
    }, lookEvery);
    return () => {
      clearInterval(timer);
      for (const name of events) window.removeEventListener(name, touched, { capture: true });
    };
  }, [minutes]);
}
