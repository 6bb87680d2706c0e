/** A running move belongs to Windows: workers die beside it, people cancel it, and Windows may lie about it. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HOSTS, OPERATOR } from '../../src/lab/machine.ts';
import type { Ended } from '../../src/lab/session.ts';
import { drawn, SEED } from '../lot.ts';
import { requireTool } from '../tools.ts';
import { until } from '../until.ts';
import { smallVm, startWindowsLab, type WindowsLab } from './windows-lab.ts';

const RUN_MILLISECONDS_MAX = 300_000;
const HELD_PERCENT = 60;
const DRAWN = 2;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  describe('a live migration that is disturbed', () => {
    let windows: WindowsLab;
    const vms = ['killed01', 'ended01', 'cancel01', 'lied01'];
    beforeAll(async () => {
      windows = await startWindowsLab({ pwsh, vms: vms.map((name) => smallVm(name)) });
    }, RUN_MILLISECONDS_MAX);
    afterEach(() => {
      windows?.simulator.clearFaults();
      windows?.simulator.releaseMoves();
    });
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    /** Asks for the move and waits until it stands at 60 %. */
    async function underWay(vm: string): Promise<{ ending: Promise<Ended> }> {
      windows.simulator.holdMoves(HELD_PERCENT);
      const ending = windows.migrate(`/migrate ${vm} to hv-b`);
      // Its failure is told where it is awaited.
      ending.catch(() => undefined);
      await windows.simulator.held(vm, HELD_PERCENT);
      return { ending };
    }
    const timesAsked = () =>
      windows.simulator.calls.filter(({ cmdlet }) => cmdlet === 'Move-VM').length;
    const closed = async (ending: Promise<Ended>) => (await ending).seen?.state.closed;

    const cases = [
      {
        name: 'is found again by both workers when they were killed while it ran',
        async run() {
          const before = timesAsked();
          const { ending } = await underWay('killed01');
          await Promise.all(HOSTS.map((host) => windows.lab.workers[host].kill()));
          const looks = windows.simulator.calls.length;
          await Promise.all(HOSTS.map((host) => windows.lab.workers[host].start()));
          // The new worker has looked at the job before that goes on.
          await until(() =>
            windows.simulator.calls
              .slice(looks)
              .some(({ parameters }) => JSON.stringify(parameters).includes('Msvm_MigrationJob')),
          );
          windows.simulator.releaseMoves();
          expect(await closed(ending)).toBe('migrated');
          expect(timesAsked()).toBe(before + 1);
          expect(await windows.wrong('killed01', 'hv-b')).toEqual([]);
        },
      },
      {
        name: 'is seen to be over by a worker that was dead when it ended',
        async run() {
          const before = timesAsked();
          const { ending } = await underWay('ended01');
          const [job] = windows.simulator.moves.slice(-1);
          await windows.lab.workers['hv-a'].kill();
          windows.simulator.releaseMoves();
          await job?.over;
          await windows.lab.workers['hv-a'].start();
          expect(await closed(ending)).toBe('migrated');
          expect(timesAsked()).toBe(before + 1);
          expect(await windows.wrong('ended01', 'hv-b')).toEqual([]);
        },
      },
      {
        name: 'ends at the source when a person cancels it in the channel',
        async run() {
          const { ending } = await underWay('cancel01');
          await windows.lab.slack.say(OPERATOR, '/migrate cancel cancel01');
          expect(await closed(ending)).toBe('rolled back');
          expect(await windows.wrong('cancel01', 'hv-a')).toEqual([]);
        },
      },
      {
        name: 'is not believed when its job is Completed and the VM where it was',
        async run() {
          windows.simulator.fault({ kind: 'completed-without-move', vm: 'lied01' });
          const { seen } = await windows.migrate('/migrate lied01 to hv-b');
          expect(seen?.state.closed).toBe('rolled back');
          expect(await windows.wrong('lied01', 'hv-a')).toEqual([]);
          const said = JSON.stringify(await windows.lab.slack.messages());
          expect(said).toContain('Windows called the move of lied01 complete');
        },
      },
    ];
    it.each(drawn(cases, DRAWN))(`$name (SEED=${SEED})`, ({ run }) => run(), RUN_MILLISECONDS_MAX);
  });
}
