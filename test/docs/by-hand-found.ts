/** The blocks of docs/by-hand.md that look, and those that keep the worker away. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FENCED } from '../../src/hosts/files.ts';
import { openFakeSimulator } from '../hyperv-module/fake-simulator.ts';
import { isRunning, Scheduler, type Task } from '../packaging/worker/scheduler.ts';
import type { ByHand } from './by-hand-fixture.ts';

const WORKER = 'The worker must not come back meanwhile';
const LOOK = 'Where it runs, and which copy is the good one';
const TASK = 'Ferry worker hv-a';

export function foundBlocks(state: () => ByHand): void {
  describe('before anything is done', () => {
    it('the Id is found by the name', async () => {
      const { vmId, vmName } = state();
      expect(await state().run('Begin')).toEqual([`${vmName} is ${vmId}`]);
    });

    it('one look tells a VM that runs, its checkpoints and its fence', async () => {
      const { source, vmId, token } = state();
      const { disks } = await state().on('hv-a');
      await source.openRound(vmId, 0, token);
      const runs = await state().run(LOOK);
      expect(runs).toContain(`checkpoint ferry ${token.operation} round 0 (Recovery)`);
      expect(runs).toContain('adapter    Network Adapter: LAN');
      expect(runs.join('\n')).toMatch(/^State +: Running$/m);
      await source.stopTracking(vmId, token);
      await state().fenced();
      const off = await state().run(LOOK);
      expect(off).toContain('adapter    Network Adapter: no switch');
      expect(off.join('\n')).toMatch(/^AutomaticStartAction +: Nothing$/m);
      for (const { path } of disks) {
        expect(off).toContain(`missing    ${path}`);
        expect(off).toContain(`there      ${path}${FENCED}`);
      }
    });

    it("what the worker knows is shown, and the copies' records", async () => {
      const { vmId, token } = state();
      await state().registered();
      const { vmVolume } = await state().target.facts();
      const copy = join(vmVolume, 'ferry', vmId, 'copy.json');
      await mkdir(dirname(copy), { recursive: true });
      await writeFile(copy, JSON.stringify({ operation: token.operation, round: 7, host: 'hv-b' }));
      const said = (await state().run(LOOK, { host: 'hv-b', index: 1 })).join('\n');
      for (const name of ['fenced-network', 'closed', 'registered']) {
        expect(said).toContain(join(name, 'hv-b', `${vmId}.json`));
      }
      expect(said).toContain(copy);
      expect(said).toMatch(/^round +: 7$/m);
    });
  });

  it('the worker is kept away, and let in again', async () => {
    const fake = await openFakeSimulator();
    const scheduler = new Scheduler();
    fake.tell((asked) => scheduler.answer(asked) ?? {});
    // In the shared PowerShell, for these two calls alone.
    const before = `$ours = $env:FERRY_DOUBLE_URL; $env:FERRY_DOUBLE_URL = '${process.env.FERRY_DOUBLE_URL}'; try {`;
    const run = (index: number) => state().run(WORKER, { index, before, after: AFTER });
    const task = workerTask();
    scheduler.tasks.set(`\\Ferry\\${TASK}`, task);
    try {
      scheduler.start(task);
      expect(isRunning(task)).toBe(true);
      expect((await run(0)).join()).toContain(TASK);
      expect(task.enabled).toBe(false);
      expect(await endOf(task)).toBe('SIGKILL');
      await run(1);
      expect(task.enabled && isRunning(task)).toBe(true);
    } finally {
      await scheduler.close();
      await fake.close();
    }
  });
}

const AFTER = '} finally { $env:FERRY_DOUBLE_URL = $ours }';

const workerTask = (): Task => ({
  name: TASK,
  path: '\\Ferry\\',
  action: {
    Execute: process.execPath,
    Arguments: '-e "setInterval(Date,1000)"',
    WorkingDirectory: '/',
  },
  triggers: [],
  settings: {},
  principal: {},
  enabled: true,
  result: 0,
});

const endOf = ({ process: running }: Task): Promise<string | null> =>
  new Promise((resolve) => {
    if (running === undefined || running.signalCode !== null) resolve(running?.signalCode ?? null);
    else running.once('exit', (_, signal) => resolve(signal));
  });
