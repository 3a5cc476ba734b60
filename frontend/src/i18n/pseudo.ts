import { i18next } from '.';

/** Words as a language with long ones has them, and the window as one written from right to left has it. */
export type Pseudo = 'long' | 'rtl';

const plain = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const accented = 'ÅƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçđéƒĝĥîĵķļṁñöþǫŕšţûṽŵẋýž';

// What is filled in, and elements, stay; everything else that has letters is a word.
const parts = /\{\{[^}]*\}\}|\$t\([^)]*\)|<\/?\w+\/?>|[A-Za-z]+/g;

/** Accents every letter, and makes every word longer by two fifths, so that what is cut off or was never translated is seen. */
export function stretch(text: string): string {
  return text.replace(parts, (word) => {
    if (!/^[A-Za-z]+$/.test(word)) return word;
    const letters = [...word].map((letter) => accented[plain.indexOf(letter)] ?? letter);
    const more = Math.ceil(word.length * 0.4);
    return letters.map((letter, at) => (at >= letters.length - more ? letter + letter.toLowerCase() : letter)).join('');
  });
}

type Tree = { [key: string]: string | Tree };

/** All words of a tree stretched; what was stretched already stays as it is. */
export function stretched(words: Tree): Tree {
  return Object.fromEntries(
    Object.entries(words).map(([key, value]) => [key, typeof value === 'string' ? stretch(value) : stretched(value)]),
  );
}

function stretchAll(): void {
  const words = i18next.getResourceBundle('en', 'translation') as Tree;
  i18next.addResourceBundle('en', 'translation', stretched(words), true, true, { silent: true });
}

/** Speaks so from now on, with the words that come late as well. In development and in tests only. */
export function speakPseudo(pseudo: Pseudo): void {
  i18next.store.on('added', stretchAll);
  stretchAll();
  i18next.dir = () => (pseudo === 'rtl' ? 'rtl' : 'ltr');
  document.documentElement.dir = i18next.dir();
  i18next.emit('languageChanged', 'en');
}
