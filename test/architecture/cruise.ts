/**
 * The folder rules of `.dependency-cruiser.cjs`, run over a copy of the source: its swc parser does
 * not know `using` declarations yet, so the copy spells them `const`, which imports nothing else.
 */

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const rules = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs'));

export interface Planted {
  /** Path below the project, for example `src/domain/planted.ts`. */
  readonly path: string;
  readonly text: string;
}

/** What breaks a rule, as `rule: from -> to`. The project itself must give none. */
export async function violations(planted: readonly Planted[] = []): Promise<string[]> {
  // Inside the project, so that packages resolve as they do for the real files.
  const copy = await mkdtemp(join(ROOT, '.cruise-'));
  try {
    for (const folder of ['src', 'jobs']) {
      await cp(join(ROOT, folder), join(copy, folder), { recursive: true });
    }
    for (const { path, text } of planted) await writeFile(join(copy, path), text);
    await withoutUsing(copy);
    const { output } = await cruise(['src', 'jobs'], {
      ...rules.options,
      baseDir: copy,
      ruleSet: { forbidden: rules.forbidden },
      validate: true,
    });
    const found = (output as ICruiseResult).summary.violations;
    return found.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function withoutUsing(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.ts')) continue;
    const file = join(entry.parentPath, entry.name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/\b(?:await )?using (\w+ =)/g, 'const $1'));
  }
}

if (import.meta.main) {
  const found = await violations();
  for (const line of found) process.stderr.write(`${line}\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
