import { backend } from '@/backend';

/** No frame is drawn while the window is hidden: then the backend is told after this, in milliseconds. */
const fallback = 500;

/** Tells the backend, once, that the first rows are on screen, so that it begins with the network. */
export function reportPainted(): () => void {
  let told = false;
  const tell = () => {
    if (told) return;
    told = true;
    performance.mark('rows-painted');
    // The backend begins by itself when it does not hear of it.
    backend()
      .painted()
      .catch(() => undefined);
  };
  // A frame's callback runs before it is painted; the task after it runs behind the paint.
  const frame = requestAnimationFrame(() => setTimeout(tell));
  const timer = setTimeout(tell, fallback);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
