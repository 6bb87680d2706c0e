import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FAULTS } from '../../src/lab/faults.ts';
import { lab, RUN_MILLISECONDS_MAX } from './run-lab.ts';

/** The first half is in `faults.test.ts`. */
const HALF = FAULTS.slice(FAULTS.length / 2);
const root = join(import.meta.dirname, '../..');

describe('the lab', () => {
  it.each(HALF.map((fault) => [fault.name, fault.ends] as const))(
    'with the fault %s: %s',
    async (name, ends) => {
      const { code, output } = await lab(['--fault', name]);
      expect(output).toContain(`As it should be: ${ends}.`);
      expect(output).toContain('0 guests left');
      expect(code).toBe(0);
    },
    RUN_MILLISECONDS_MAX,
  );

  it(
    'moves a VM with three disks and loses nothing',
    async () => {
      const command = ['--say', '/migrate sql01 to hv-b', '--approve', '--exit'];
      const { code, output } = await lab(command);
      expect(output).toMatch(/records {3}acknowledged [1-9]\d*, lost 0/);
      expect(output).toContain('SCSI 0:2');
      expect(code).toBe(0);
    },
    RUN_MILLISECONDS_MAX,
  );

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

  it('has a page that tells of every fault and its end', () => {
    const page = readFileSync(join(root, 'docs/faults.md'), 'utf8');
    const rows = FAULTS.map(({ name, what, ends }) => `| \`${name}\` | ${what} | ${ends} |`);
    expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
  });
});
