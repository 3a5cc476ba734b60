import type { Emoji } from './data';

/** One emoji that came with each version: a font has all of a version or none. */
const samples: Record<string, string> = {
  13: '🥲',
  13.1: '😶‍🌫️',
  14: '🫠',
  15: '🫨',
  15.1: '🐦‍🔥',
};

/** What the fonts of this computer show. */
export interface Shown {
  /** There is a font with emoji at all. */
  any: boolean;
  flags: boolean;
  versions: ReadonlySet<number>;
}

/** Everything: where it cannot be asked. */
const everything: Shown = { any: true, flags: true, versions: new Set(Object.keys(samples).map(Number)) };

const size = 24;

/** Paints an emoji in black: it has colours only if a font draws it, and joined ones are no wider than one. */
function ask(canvas: CanvasRenderingContext2D): (emoji: string) => boolean {
  // The family of the grid: other fonts have some of them in black.
  const families = getComputedStyle(document.documentElement).getPropertyValue('--font-emoji') || 'sans-serif';
  canvas.font = `${size}px ${families}`;
  canvas.textBaseline = 'top';
  const widest = canvas.measureText('😀').width * 1.4;
  return (emoji) => {
    canvas.clearRect(0, 0, 2 * size, 2 * size);
    canvas.fillText(emoji, 0, 0);
    const { data } = canvas.getImageData(0, 0, 2 * size, 2 * size);
    const coloured = data.some((value, at) => at % 4 === 0 && (value !== data[at + 1] || value !== data[at + 2]));
    return coloured && canvas.measureText(emoji).width <= widest;
  };
}

let answer: Shown | undefined;

/** Asks the fonts, once. */
export function shownHere(): Shown {
  if (answer) return answer;
  const element = document.createElement('canvas');
  element.width = 2 * size;
  element.height = 2 * size;
  const canvas = element.getContext('2d', { willReadFrequently: true });
  if (!canvas) return everything;
  const has = ask(canvas);
  const versions = Object.entries(samples).filter(([, sample]) => has(sample));
  answer = { any: has('😀'), flags: has('🇫🇷'), versions: new Set(versions.map(([version]) => Number(version))) };
  return answer;
}

/** Those of some emoji that are not a box here. Without any font they all are one, and all are left: others see them. */
export function shownOf(all: readonly Emoji[], { any, flags, versions }: Shown): Emoji[] {
  if (!any) return [...all];
  return all.filter((one) => (one.version === 0 || versions.has(one.version)) && (flags || !isCountry(one.emoji)));
}

/** Two letters that stand for a country: some systems have no pictures of these flags. */
const isCountry = (emoji: string) => /^\p{Regional_Indicator}{2}$/u.test(emoji);
