import { readdirSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { emoji } from './scripts/emoji';

// What the Go side sends in the window and in the browser; the preview server sends the same, so that a
// violation shows on the developer's screen first.
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Writes what is not ASCII as escapes where there is little of it: a script engine keeps a file with a single dash
 * or letter beyond Latin 1 in two bytes a character. The words of other languages stay as they are.
 */
function asciiScripts(): Plugin {
  return {
    name: 'ascii-scripts',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        const beyond = file.code.match(/[^\0-\x7f]/g)?.length ?? 0;
        if (beyond > file.code.length / 20) continue;
        file.code = file.code.replace(
          /[^\0-\x7f]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
      }
    },
  };
}

/** Pieces of an icon never change places: the keys that each has are left out, which are a hundredth of all that is shipped. */
function keylessIcons(): Plugin {
  return {
    name: 'keyless-icons',
    transform(code, id) {
      if (!/\/lucide-react\/.*\/icons\//.test(id)) return null;
      return { code: code.replace(/, key: "\w+"/g, ''), map: null };
    },
  };
}

const source = fileURLToPath(new URL('./src', import.meta.url));
const sheets = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.module.css'))
  .sort();

/** Names of a few characters for what a style sheet names: which sheet it is, and which of its names. */
function shortName(name: string, path: string, css: string): string {
  const names = Array.from(css.matchAll(/(?:\.|@keyframes )([a-zA-Z][\w-]*)/g), ([, found]) => found);
  const sheet = sheets.indexOf(relative(source, path));
  const place = [...new Set(names)].indexOf(name);
  if (sheet < 0 || place < 0) throw new Error(`${name} of ${path} has no short name`);
  return `_${sheet.toString(36)}_${place.toString(36)}`;
}

/** Packs scripts and style sheets of the shipped build: the program that serves them (packed.go) holds them packed. */
function packed(): Plugin {
  return {
    name: 'packed',
    async writeBundle({ dir }) {
      const folder = join(dir ?? 'dist', 'assets');
      for (const name of await readdir(folder)) {
        if (!/\.(?:js|css)$/.test(name)) continue;
        const path = join(folder, name);
        await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
        await rm(path);
      }
    },
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), emoji(), asciiScripts(), ...(mode === 'production' ? [keylessIcons(), packed()] : [])],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The fake backend is reachable by `?fake=…` in development and in the look script's build, never in production.
  define: { __FAKE__: JSON.stringify(mode !== 'production') },
  base: './',
  ...(mode === 'production' ? { css: { modules: { generateScopedName: shortName } } } : {}),
  build: {
    target: 'safari16.4',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // Icons that several late parts share are one file: each in a file of its own is mostly the file.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'icons',
              test: /[\\/]lucide-react[\\/].*[\\/]icons[\\/]/,
              minShareCount: 2,
              includeDependenciesRecursively: false,
            },
          ],
        },
      },
    },
  },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1', headers: { 'Content-Security-Policy': contentSecurityPolicy } },
  test: {
    environment: 'jsdom',
    // Time is for tests that hang: on two busy cores a dialog can take seconds.
    testTimeout: 30_000,
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/app/test-setup.ts'],
    restoreMocks: true,
    unstubGlobals: true,
  },
}));
