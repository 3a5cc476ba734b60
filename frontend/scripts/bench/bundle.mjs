// The size of what is shipped: everything that a window could ever load, packed file by file as it is kept.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

async function sizes() {
  const found = [];
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /\.(?:woff2|svg)$|^\.keep$/.test(entry.name)) continue;
    const data = await readFile(join(entry.parentPath, entry.name));
    found.push({
      name: entry.name,
      bytes: entry.name.endsWith('.gz') ? data.length : gzipSync(data, { level: 9 }).length,
    });
  }
  return found;
}

/** The lines of the table. */
export async function bundle() {
  const files = await sizes();
  if (files.length < 3) throw new Error('there is no built interface in frontend/dist: make node');
  const sum = (holds) => files.filter(({ name }) => holds(name)).reduce((total, { bytes }) => total + bytes, 0);
  const start = (name) => name.startsWith('index') || name.startsWith('first-paint');
  const chinese = (name) => name.startsWith('zh-CN');
  // The data, with the picker that is nothing without it.
  const emoji = (name) => name.startsWith('EmojiPopover');
  return [
    {
      what: 'production bundle, gzip, without fonts and emoji: all scripts, styles and words, each file once',
      measured: kilobytes(sum((name) => !emoji(name))),
      reach: '250 KB',
      beside: `in ${files.length} files; the start page alone ${kilobytes(sum(start))}; Chinese words ${kilobytes(sum(chinese))}; emoji ${kilobytes(sum(emoji))}`,
    },
  ];
}
