import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { botSchema, workerSchema } from '../../src/config.ts';
import { catalogueCodes } from '../../src/texts/catalogue.ts';

const root = join(import.meta.dirname, '../..');
const files = ['src', 'jobs'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((name) => name.endsWith('.ts')),
);
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

describe('the folders', () => {
  it('depend on each other only as the design allows, and a planted violation is found', () => {
    // Node itself runs it: the cruiser cannot be loaded inside jest's module system.
    const script = `
      const { violations } = await import(${JSON.stringify(join(root, 'test/architecture/cruise.ts'))});
      const planted = { path: 'src/domain/planted.ts', text: "import '../slack/app.ts';\\n" };
      console.log(JSON.stringify({ clean: await violations(), dirty: await violations([planted]) }));
    `;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
    expect(run.stderr.toString()).not.toMatch(/Error/);
    const { clean, dirty } = JSON.parse(run.stdout.toString());
    expect(clean).toEqual([]);
    expect(dirty).toContain('domain-alone: src/domain/planted.ts -> src/slack/app.ts');
  }, 60_000);
});

describe('the words', () => {
  it('exist for every problem that the code names', () => {
    const thrown = files.flatMap((name) =>
      [...read(name).matchAll(/new (?:Problem|Verdict|AskAgain|NeverRan)\(\s*'([a-z-]+)'/g)].map(
        ([, code]) => code,
      ),
    );
    const known = new Set(catalogueCodes());
    expect([...new Set(thrown)].filter((code) => !known.has(String(code))).toSorted()).toEqual([]);
    expect(thrown.length).toBeGreaterThan(50);
  });
});

describe('.env.example', () => {
  it('names exactly the variables that the configuration reads', () => {
    const named = [...read('.env.example').matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(
      ([, name]) => name,
    );
    const wanted = [...Object.keys(botSchema.shape), ...Object.keys(workerSchema.shape)];
    expect(named.toSorted()).toEqual([...new Set(wanted)].toSorted());
  });
});
