/** The lab's programs: how they start, and what is left when one does not. */

import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startLab } from '../../src/lab/machine.ts';
import { type Program, run } from '../../src/lab/processes.ts';
import { until } from '../until.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-processes-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A program that notes each of its starts, and then does this. */
async function programThat(name: string, does: string) {
  const folder = join(directory, name);
  await mkdir(folder);
  const [script, noted] = [join(folder, 'program.mjs'), join(folder, 'starts')];
  const note = `appendFileSync(${JSON.stringify(noted)}, '.');`;
  await writeFile(script, `import { appendFileSync } from 'node:fs'; ${note}\n${does}\n`);
  const program: Program = { name, args: [script], logFile: join(folder, 'logs', `${name}.log`) };
  return { program, starts: async () => (await readFile(noted, 'utf8')).length };
}

describe('a program of the lab', () => {
  it('is started again when it dies, but not when it was never ready', async () => {
    const broken = await programThat('broken', 'process.exit(3);');
    const { logFile } = broken.program;
    await expect(run(broken.program)).rejects.toMatchObject({
      code: 'lab-process-failed',
      facts: { name: 'broken', logFile },
    });
    // Another one, begun later, has been started again: so would this one have been by now.
    const fragile = await programThat('fragile', "console.log('{}');");
    const running = await run(fragile.program);
    await until(async () => (await fragile.starts()) > 1);
    expect(await broken.starts()).toBe(1);
    await running.stop();
  });

  it('that says itself what is wrong is believed', async () => {
    const problem = { code: 'store-full', facts: { url: 'redis://x' } };
    const { program } = await programThat('full', `console.log('${JSON.stringify({ problem })}');`);
    await expect(run(program)).rejects.toMatchObject(problem);
  });

  it('prints passwords and tokens for its own user alone', async () => {
    const { program } = await programThat(
      'secret',
      "console.log('{}'); setInterval(() => 1, 1e3);",
    );
    const running = await run(program);
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await modeOf(program.logFile)).toBe(0o600);
    expect(await modeOf(join(program.logFile, '..'))).toBe(0o700);
    await running.stop();
  });
});

describe('a lab in which one program cannot start', () => {
  it('says which, and leaves none of the others running', async () => {
    await writeFile(join(directory, 'slack'), 'in the way of its folder');
    await expect(startLab({ directory })).rejects.toMatchObject({
      code: 'lab-process-failed',
      facts: { name: 'slack' },
    });
    // The slowest to start: it must not be forgotten because it was not ready yet.
    const log = await readFile(join(directory, 'logs', 'store.log'), 'utf8');
    const { hostname, port } = new URL(JSON.parse(log.trim()).url);
    const refused = once(connect(Number(port), hostname), 'connect');
    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
