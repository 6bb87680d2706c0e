import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { guestProcesses } from '../../src/hosts/lab/processes.ts';
import { FAULTS } from '../../src/lab/faults.ts';

const root = join(import.meta.dirname, '../..');

/** Runs `ferry lab` in a folder of its own, as a person does. */
async function lab(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-lab-'));
  try {
    const child = spawn(process.execPath, ['src/cli.ts', 'lab', '--dir', directory, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    await once(child, 'close');
    const left = await guestProcesses(directory);
    return { code: child.exitCode, output: `${output}${left.length} guests left\n` };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const RUN_MILLISECONDS_MAX = 240_000;

describe('the lab', () => {
  it.each(FAULTS.map((fault) => [fault.name, fault.ends] as const))(
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
