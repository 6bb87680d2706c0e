import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FAULTS } from '../../src/lab/faults.ts';
import { faultsOfPart, itEndsAsDocumented, PARTS, quickFaults } from './fault-runs.ts';
import { lab, RUN_MILLISECONDS_MAX } from './run-lab.ts';

const root = join(import.meta.dirname, '../..');

describe('the lab', () => {
  itEndsAsDocumented(quickFaults);

  it(
    'says why nothing was moved, and fails',
    async () => {
      const { code, output } = await lab(['--say', '/migrate dc99 to hv-b', '--approve', '--exit']);
      expect(output).toContain('dc99');
      expect(output).toContain('Wrong: nothing was opened.');
      expect(code).toBe(1);
    },
    RUN_MILLISECONDS_MAX,
  );
});

describe('the faults of the lab', () => {
  it('are run here or by npm run chaos, none left out and none twice', () => {
    const parts = Array.from({ length: PARTS }, (_, index) => index + 1);
    const run = [...quickFaults, ...parts.flatMap(faultsOfPart)].map(({ name }) => name);
    expect(run.toSorted()).toEqual(FAULTS.map(({ name }) => name).toSorted());
    const files = readdirSync(import.meta.dirname).filter((name) => /^faults-\d/.test(name));
    expect(files.toSorted()).toEqual(parts.map((part) => `faults-${part}.chaos.ts`));
    for (const part of parts) {
      const text = readFileSync(join(import.meta.dirname, `faults-${part}.chaos.ts`), 'utf8');
      expect(text).toContain(`itEndsAsDocumented(faultsOfPart(${part}));`);
    }
  });

  it('are told on a page, each with its end', () => {
    const page = readFileSync(join(root, 'docs/faults.md'), 'utf8');
    const rows = FAULTS.map(({ name, what, ends }) => `| \`${name}\` | ${what} | ${ends} |`);
    expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
  });
});
