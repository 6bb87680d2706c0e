/** Streamed from the Slack command to the other host, through every part of Ferry and a real PowerShell. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrationOf } from '../../src/domain/journal.ts';
import { adapterDefaults } from '../hyperv-module/simulator/defaults.ts';
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

    const moved = async (vm: string): Promise<void> => {
      const { seen, left } = await windows.migrate(`/migrate ${vm} to hv-b stream`);
      expect(left).toBeUndefined();
      expect(seen?.state.closed).toBe('migrated');
      expect(migrationOf(seen?.entries ?? []).plan.method).toBe('stream');
      expect(await windows.wrong(vm, 'hv-b')).toEqual([]);
    };

    it(
      'moves three disks on two volumes, dynamic memory and a dynamic MAC',
      async () => {
        const before = await windows.shown('hv-a', 'three01');
        await moved('three01');
        expect(await windows.shown('hv-b', 'three01')).toEqual(before);
      },
      RUN_MILLISECONDS_MAX,
    );

    it(
      'moves a VM of generation 1 with a VHD and a VHDX',
      async () => {
        const before = await windows.shown('hv-a', 'old01');
        await moved('old01');
        expect(await windows.shown('hv-b', 'old01')).toEqual(before);
      },
      RUN_MILLISECONDS_MAX,
    );

    it(
      'takes the state of a virtual TPM along',
      async () => {
        const before = await windows.simulator.tpmState('hv-a', 'tpm01');
        await moved('tpm01');
        expect(await windows.simulator.tpmState('hv-b', 'tpm01')).toBe(before);
      },
      RUN_MILLISECONDS_MAX,
    );
  });
}

const disk = (mib: number) => ({ virtualBytes: mib * MIB, dataBytes: 2 * MIB });
