/** Streamed from the Slack command to the other host, through every part of Ferry and a real PowerShell. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrationOf } from '../../src/domain/journal.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { HostName } from '../../src/lab/machine.ts';
import { adapterDefaults } from '../hyperv-module/simulator/defaults.ts';
import { drawn, SEED } from '../lot.ts';
import { requireTool } from '../tools.ts';
import { smallVm, startWindowsLab, type WindowsLab } from './windows-lab.ts';

const RUN_MILLISECONDS_MAX = 300_000;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const GUARDIAN = 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  describe('a streamed migration of Hyper-V, from the command to its proof', () => {
    let windows: WindowsLab;
    beforeAll(async () => {
      windows = await startWindowsLab({
        pwsh,
        vms: [
          { ...smallVm('three01'), disks: [64, 48, 96].map(disk) },
          smallVm('old01'),
          { ...smallVm('tpm01'), disks: [disk(64)] },
        ],
        async prepare(simulator) {
          await simulator.spreadDisks('three01');
          await simulator.changeVm('three01', {
            adapters: { 'Network Adapter': { ...adapterDefaults, dynamicMac: true } },
            memory: { dynamic: true, minimumBytes: GIB, maximumBytes: 4 * GIB, buffer: 30 },
          });
          await simulator.withVhd('old01', { disks: [0] });
          for (const host of ['hv-a', 'hv-b']) {
            await simulator.changeHost(host, { guardians: [GUARDIAN] });
          }
          await simulator.changeVm('tpm01', {
            security: { tpm: true, shielded: false, guardians: [GUARDIAN] },
          });
        },
      });
    }, RUN_MILLISECONDS_MAX);
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    const moved = async (vm: string, to: HostName = 'hv-b'): Promise<Plan> => {
      const { seen, left } = await windows.migrate(`/migrate ${vm} to ${to} stream`);
      expect(left).toBeUndefined();
      expect(seen?.state.closed).toBe('migrated');
      const { plan } = migrationOf(seen?.entries ?? []);
      expect(plan.method).toBe('stream');
      expect(await windows.wrong(vm, to)).toEqual([]);
      return plan;
    };

    const shown = (host: HostName, vm: string) => windows.shown(host, vm);
    const shapes = [
      {
        name: 'three01',
        what: 'three disks on two volumes, dynamic memory and a dynamic MAC',
        kept: shown,
      },
      { name: 'old01', what: 'a VM of generation 1 with a VHD and a VHDX', kept: shown },
      {
        name: 'tpm01',
        what: 'a virtual TPM with its state',
        kept: (host: HostName, vm: string) => windows.simulator.tpmState(host, vm),
      },
    ];
    it.each(drawn(shapes, 1))(
      `moves $what (SEED=${SEED})`,
      async ({ name, kept }) => {
        const before = await kept('hv-a', name);
        await moved(name);
        expect(await kept('hv-b', name)).toEqual(before);
        // What it left lies on two volumes: then it is copied whole.
        if (name === 'three01') return;
        expect((await moved(name, 'hv-a')).base?.kind).toBe('left behind');
        expect(await kept('hv-a', name)).toEqual(before);
      },
      RUN_MILLISECONDS_MAX,
    );
  });
}

const disk = (mib: number) => ({ virtualBytes: mib * MIB, dataBytes: 2 * MIB });
