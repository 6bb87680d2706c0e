/** The parts of the package that need no registry; `pack.chaos.ts` makes the whole one. */

import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { addSources } from '../../../src/packaging/sources.ts';
import { addSums, filesIn } from '../../../src/packaging/sums.ts';
import { zipFolder } from '../../../src/packaging/zip.ts';

const ROOT = join(import.meta.dirname, '../../..');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-pack-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('every static import of the packed sources is packed, nothing of the lab is, and no dependency is named', async () => {
  await addSources(ROOT, folder);
  const files = await filesIn(folder);
  expect(files.filter((file) => /(^|\/)(lab|test)\//.test(file))).toEqual([]);
  expect(files.filter((file) => file.startsWith('src/packaging/'))).toEqual([]);
  expect(files).toContain('src/hosts/hyperv/scripts/host.ps1');
  expect(files).toContain('install-worker.ps1');
  const missing: string[] = [];
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const text = await readFile(join(folder, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/^(?:import|export|\})[^'\n]*from '(\.[^']+)';$/gm)) {
      const target = join(dirname(file), name).replaceAll('\\', '/');
      if (!files.includes(target)) missing.push(`${file}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
  // The dependencies are there: an `npm install` on the host would have nothing to do.
  const own = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  expect(Object.keys(own).sort()).toEqual(
    ['description', 'engines', 'license', 'name', 'private', 'type', 'version'].sort(),
  );
});

it('the same files give the same bytes, whenever and wherever they were written', async () => {
  const zone = process.env.TZ;
  const make = async (name: string, date: Date): Promise<string> => {
    const place = join(folder, name);
    await mkdir(join(place, 'b'), { recursive: true });
    for (const file of name === 'first' ? ['a', 'b/c'] : ['b/c', 'a']) {
      await writeFile(join(place, file), `content of ${file} `.repeat(1000));
      await utimes(join(place, file), date, date);
    }
    await addSums(place);
    return await zipFolder(place, join(folder, `${name}.zip`));
  };
  try {
    process.env.TZ = 'Pacific/Auckland';
    const first = await make('first', new Date('2026-01-01T00:00:00Z'));
    process.env.TZ = 'America/New_York';
    expect(await make('second', new Date('1999-07-01T00:00:00Z'))).toBe(first);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});
