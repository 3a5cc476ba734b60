import { createStore } from 'zustand/vanilla';
import { backend } from '@/backend';

/** Pictures by their names, as data: URLs; the same name is the same picture. */
export const pictures = createStore<{ loaded: Readonly<Record<string, string>> }>()(() => ({ loaded: {} }));

/** So many stay here that nobody shows any more. */
export const unusedMost = 48;
/** So many are asked for at the same time. */
const asksMost = 4;

/** Who shows a picture now, by its name. */
const users = new Map<string, number>();
/** Names that nobody shows, the one that was left last at the end. */
const unused = new Set<string>();
const waiting = new Map<string, string>();
const asked = new Set<string>();

/** Has a picture loaded, once however many show it, and kept as long as one does. It returns what ends that. */
export function holdPicture(conversation: string, name: string): () => void {
  users.set(name, (users.get(name) ?? 0) + 1);
  unused.delete(name);
  if (pictures.getState().loaded[name] === undefined && !asked.has(name)) waiting.set(name, conversation);
  next();
  return () => {
    const left = (users.get(name) ?? 1) - 1;
    if (left > 0) {
      users.set(name, left);
      return;
    }
    users.delete(name);
    waiting.delete(name);
    if (pictures.getState().loaded[name] !== undefined) leave(name);
  };
}

/** What nobody shows any more makes room for others, the longest unseen first. */
function leave(name: string): void {
  unused.add(name);
  if (unused.size <= unusedMost) return;
  const loaded = { ...pictures.getState().loaded };
  for (const old of [...unused].slice(0, unused.size - unusedMost)) {
    unused.delete(old);
    delete loaded[old];
  }
  pictures.setState({ loaded });
}

function next(): void {
  for (const [name, conversation] of waiting) {
    if (asked.size >= asksMost) return;
    waiting.delete(name);
    asked.add(name);
    backend()
      .picture(conversation)
      .then(
        (url) => {
          pictures.setState(({ loaded }) => ({ loaded: { ...loaded, [name]: url } }));
          if (!users.has(name)) leave(name);
        },
        // The letter stays; whoever shows it next asks again.
        () => undefined,
      )
      .finally(() => {
        asked.delete(name);
        next();
      });
  }
}

/** Forgets everything, between tests. */
export function forgetPictures(): void {
  for (const held of [users, unused, waiting, asked]) held.clear();
  pictures.setState({ loaded: {} });
}
