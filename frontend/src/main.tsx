import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { startAppearance } from '@/app/appearance';
import { watchTitle } from '@/app/title';
import { type Backend, setBackend } from '@/backend';
import { hasBindings, wailsBackend } from '@/backend/wails';
import { followSearch, followView, synchronise, watchAttention, watchDay } from '@/model';
import { NotHere } from './app/NotHere';
import '@/styles/index.css';

/** The backend of this page: the window's or the bridge's bindings; in development `?fake=…` names a scene. */
async function findBackend(): Promise<Backend | undefined> {
  if (__FAKE__) {
    const scene = new URLSearchParams(location.search).get('fake');
    if (scene !== null) {
      const { sceneBackend } = await import('@/backend/scenes');
      return sceneBackend(scene);
    }
  }
  return hasBindings() ? wailsBackend() : undefined;
}

async function begin(container: HTMLElement): Promise<void> {
  const [found] = await Promise.all([findBackend(), startAppearance()]);
  const root = createRoot(container);
  if (__FAKE__ && new URLSearchParams(location.search).has('workshop')) {
    const { Workshop } = await import('@/workshop');
    root.render(<Workshop />);
    return;
  }
  if (!found) {
    root.render(<NotHere />);
    return;
  }
  setBackend(found);
  let stop = synchronise(found);
  followView();
  followSearch();
  watchAttention();
  watchTitle();
  watchDay();
  const restart = () => {
    stop();
    stop = synchronise(found);
  };
  root.render(
    <StrictMode>
      <App restart={restart} />
    </StrictMode>,
  );
}

const container = document.getElementById('root');
if (container) void begin(container);
