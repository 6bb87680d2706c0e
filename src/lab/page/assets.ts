/** The page's files, read once at start: a fixed list, and never a path from the wire. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface Asset {
  readonly type: string;
  readonly body: string;
}

export interface Assets {
  /** By the path that a browser asks for. */
  readonly files: ReadonlyMap<string, Asset>;
  readonly contentSecurityPolicy: string;
}

const CLIENT = new URL('client/', import.meta.url);
const MODULES = new URL('../../../node_modules/', import.meta.url);
const SCRIPT = 'text/javascript; charset=utf-8';

/** What the client imports by name, and which file of node_modules that is. */
const LIBRARIES: Readonly<Record<string, string>> = {
  preact: 'preact/dist/preact.mjs',
  'preact/hooks': 'preact/hooks/dist/hooks.mjs',
  htm: 'htm/dist/htm.mjs',
  'htm/preact': 'htm/preact/index.mjs',
  uplot: 'uplot/dist/uPlot.esm.js',
};

/** In this order: a later one may narrow an earlier one. */
const STYLES = ['page.css', 'messages.css', 'lab.css', 'phone.css'] as const;

/** Reads everything; types are stripped from the client's modules, so there is no build step. */
export async function readAssets(): Promise<Assets> {
  const files = new Map<string, Asset>();
  const importMap = JSON.stringify({
    imports: Object.fromEntries(Object.keys(LIBRARIES).map((name) => [name, libraryPath(name)])),
  });
  for (const [name, file] of Object.entries(LIBRARIES)) {
    const body = await readFile(new URL(file, MODULES), 'utf8');
    files.set(libraryPath(name), { type: SCRIPT, body });
  }
  for (const name of await readdir(fileURLToPath(CLIENT))) {
    if (!name.endsWith('.ts')) continue;
    const body = stripTypeScriptTypes(await readFile(new URL(name, CLIENT), 'utf8'));
    files.set(`/client/${name}`, { type: SCRIPT, body });
  }
  const styles = await Promise.all([
    readFile(new URL('uplot/dist/uPlot.min.css', MODULES), 'utf8'),
    ...STYLES.map((name) => readFile(new URL(name, CLIENT), 'utf8')),
  ]);
  files.set('/page.css', { type: 'text/css; charset=utf-8', body: styles.join('\n') });
  const page = await readFile(new URL('index.html', CLIENT), 'utf8');
  const body = page.replace('{"imports":{}}', () => importMap);
  files.set('/', { type: 'text/html; charset=utf-8', body });
  return { files, contentSecurityPolicy: policyFor(importMap) };
}

const libraryPath = (name: string): string => `/lib/${name.replace('/', '-')}.js`;

/** The import map is the one inline script; its digest lets it and nothing else in. */
function policyFor(importMap: string): string {
  const digest = createHash('sha256').update(importMap).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${digest}'`,
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}
