import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const defined = (text: string) => [...text.matchAll(/(--[\w-]+)\s*:/g)].map((match) => match[1]);

describe('tokens', () => {
  it('are known wherever they are used', () => {
    const known = new Set(defined(read('styles/tokens.css')));
    // The ground that a dot stands on, which whatever holds a lid may set; what React Aria sets; what components set on elements.
    for (const name of ['--ground', '--trigger-width']) known.add(name);
    for (const path of files.filter((name) => name.endsWith('.tsx'))) {
      for (const match of read(path).matchAll(/['"](--[\w-]+)['"]\]?\s*:/g)) known.add(match[1]);
    }
    const unknown = files
      .filter((path) => /\.(css|tsx)$/.test(path))
      .flatMap((path) => {
        const text = read(path);
        const own = new Set(defined(text));
        return [...text.matchAll(/var\((--[\w-]+)(?![\w-]|\$\{)/g)]
          .map((match) => match[1])
          .filter((name) => !known.has(name) && !own.has(name))
          .map((name) => `${path}: ${name}`);
      });
    expect(unknown).toEqual([]);
  });

  it('match the colours that are painted before any script runs', () => {
    const tokens = read('styles/tokens.css').toLowerCase();
    const first = readFileSync(join(root, '../public/first-paint.css'), 'utf8').toLowerCase();
    const grounds = [...tokens.matchAll(/--bg:\s*(#[0-9a-f]{6})/g)].map((match) => match[1] ?? '');
    expect(grounds).toHaveLength(2);
    for (const ground of grounds) expect(first).toContain(ground);
  });
});
