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

/** In development `?pseudo=long` and `?pseudo=rtl` show what other languages do to the window; on the window for tests, too. */
async function offerPseudo(): Promise<void> {
  const { speakPseudo } = await import('@/i18n/pseudo');
  const pseudo = new URLSearchParams(location.search).get('pseudo');
  if (pseudo === 'long' || pseudo === 'rtl') speakPseudo(pseudo);
  Object.assign(window, { pseudo: speakPseudo });
}

async function begin(container: HTMLElement): Promise<void> {
  const [found] = await Promise.all([findBackend(), startAppearance()]);
  if (__FAKE__) await offerPseudo();
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
  root.render(<App restart={restart} />);
}

const container = document.getElementById('root');
if (container) void begin(container);
