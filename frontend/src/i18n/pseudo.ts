import { i18n, writtenFrom } from '.';

/** Words as a language with long ones has them, and the window as one written from right to left has it. */
export type Pseudo = 'long' | 'rtl';

const plain = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const accented = 'ÅƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçđéƒĝĥîĵķļṁñöþǫŕšţûṽŵẋýž';

// What is filled in stays; everything else that has letters is a word.
const parts = /\{\{[^}]*\}\}|[A-Za-z]+/g;

/** Accents every letter, and makes every word longer by two fifths, so that what is cut off or was never translated is seen. */
export function stretch(text: string): string {
  return text.replace(parts, (word) => {
    if (!/^[A-Za-z]+$/.test(word)) return word;
    const letters = [...word].map((letter) => accented[plain.indexOf(letter)] ?? letter);
    const more = Math.ceil(word.length * 0.4);
    return letters.map((letter, at) => (at >= letters.length - more ? letter + letter.toLowerCase() : letter)).join('');
  });
}

/** Speaks so from now on, with the words that come late as well. In development and in tests only. */
export function speakPseudo(pseudo: Pseudo): void {
  writtenFrom.en = pseudo === 'rtl' ? 'rtl' : 'ltr';
  document.documentElement.dir = writtenFrom.en;
  i18n.reword(stretch);
}
