/** From the Slack command to the other host, through every part of Ferry and a real PowerShell. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrationOf } from '../../src/domain/journal.ts';
import { drawn, SEED } from '../lot.ts';
import { requireTool } from '../tools.ts';
import { smallVm, startWindowsLab, type WindowsLab } from './windows-lab.ts';

const SHARE = '\\\\files\\vms';
const RUN_MILLISECONDS_MAX = 300_000;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  describe('a live migration of Hyper-V, from the command to its proof', () => {
    let windows: WindowsLab;
    beforeAll(async () => {
      windows = await startWindowsLab({
        pwsh,
        vms: ['local01', 'share01', 'role01'].map((name) => smallVm(name)),
        async prepare(simulator) {
          await simulator.makeCluster('ferry', ['role01']);
          await simulator.addShare(SHARE, ['hv-a', 'hv-b']);
          await simulator.putOn('share01', SHARE);
        },
      });
    }, RUN_MILLISECONDS_MAX);
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    const ways = [
      { name: 'local01', way: 'with storage', cmdlet: 'Move-VM' },
      { name: 'share01', way: 'memory only', cmdlet: 'Move-VM' },
      { name: 'role01', way: 'cluster role', cmdlet: 'Move-ClusterVirtualMachineRole' },
    ];
    it.each(drawn(ways, 1))(
      `moves $name $way (SEED=${SEED})`,
      async ({ name: vm, way, cmdlet }) => {
        const { seen, left } = await windows.migrate(`/migrate ${vm} to hv-b`);
        expect(left).toBeUndefined();
        expect(seen?.state.closed).toBe('migrated');
        expect(migrationOf(seen?.entries ?? []).plan.live?.way).toBe(way);
        expect(windows.simulator.calls.map((call) => call.cmdlet)).toContain(cmdlet);
        expect(await windows.wrong(vm, 'hv-b')).toEqual([]);
      },
      RUN_MILLISECONDS_MAX,
    );
  });
}
