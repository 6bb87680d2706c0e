import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { botSchema, workerSchema } from '../../src/config.ts';

const root = join(import.meta.dirname, '../..');
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

describe('.env.example', () => {
  it('names exactly the variables that the configuration reads', () => {
    const named = [...read('.env.example').matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(
      ([, name]) => name,
    );
    const wanted = [...Object.keys(botSchema.shape), ...Object.keys(workerSchema.shape)];
    expect(named.toSorted()).toEqual([...new Set(wanted)].toSorted());
  });

  it('copied whole makes no host of a bot, and names no fingerprint', () => {
    const set = [...read('.env.example').matchAll(/^([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    expect(set).toContain('FERRY_STATE');
    for (const name of ['FERRY_HOST', 'FERRY_BOT']) expect(set).not.toContain(name);
  });

  it('is tracked, and bot.env and HOST.env, which hold tokens, are not', () => {
    const ignored = read('.gitignore').split('\n');
    expect(ignored).toContain('*.env');
    expect(ignored.filter((line) => line.includes('.env') && line !== '*.env')).toEqual([]);
  });
});
