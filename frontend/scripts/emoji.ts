// The emoji of the picker, made of emojibase-data when the interface is built: what people look for, in both languages, and no more.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

interface Source {
  hexcode: string;
  emoji: string;
  label: string;
  version: number;
  tags?: string[];
  group?: number;
  skins?: unknown[];
}

/** Newer ones are not on the systems of others yet: they would see boxes. */
const newest = 15.1;
/** From this version on it is asked whether the font has them; what is older is in every one. */
const old = 12.1;
/** What says that a character is a picture, after one that is nothing else. */
const superfluous = /(?<=\p{Emoji_Presentation})\uFE0F/gu;
/** The parts that skins and hair are made of. */
const components = 2;

/** The name in a language, and what else it is found by: nothing that is in the name already. */
function words({ label, tags = [] }: Pick<Source, 'label' | 'tags'>, more: string[] = []): [string, string] {
  const known = label.toLowerCase();
  return [label, [...tags.filter((tag) => !known.includes(tag.toLowerCase())), ...more].join('|')];
}

/** The groups, each a list of rows: see Row in src/ui/emoji/data.ts. */
async function groups(): Promise<unknown[][]> {
  const resolve = createRequire(import.meta.url).resolve;
  const read = async <Value>(name: string) =>
    JSON.parse(await readFile(resolve(`emojibase-data/${name}.json`), 'utf8')) as Value;
  const english = await read<Source[]>('en/data');
  const chinese = new Map((await read<Source[]>('zh/data')).map((one) => [one.hexcode, one]));
  const codes = await read<Record<string, string | string[]>>('en/shortcodes/github');
  const found: unknown[][] = [];
  for (const one of english) {
    const { emoji, group, hexcode, skins, version } = one;
    const other = chinese.get(hexcode);
    if (group === undefined || group === components || version > newest || !other) continue;
    const code = [codes[hexcode] ?? []].flat();
    found[group] ??= [];
    found[group].push([
      emoji.replace(superfluous, ''),
      ...words(one),
      ...words(other),
      code.join('|'),
      version > old ? version : 0,
      skins ? 1 : 0,
    ]);
  }
  return found.filter((rows) => rows !== undefined);
}

/** Offers the data as the module `virtual:emoji`. */
export function emoji(): Plugin {
  return {
    name: 'emoji',
    resolveId: (id) => (id === 'virtual:emoji' ? `\0${id}` : null),
    async load(id) {
      if (id !== '\0virtual:emoji') return null;
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(await groups()))})`;
    },
  };
}
