/** Streamed from the Slack command to the other host, through every part of Ferry and a real PowerShell. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrationOf } from '../../src/domain/journal.ts';
import { requireTool } from '../tools.ts';
import { smallVm, startWindowsLab, type WindowsLab } from './windows-lab.ts';

const RUN_MILLISECONDS_MAX = 300_000;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  describe('a streamed migration of Hyper-V, from the command to its proof', () => {
    let windows: WindowsLab;
    beforeAll(async () => {
      windows = await startWindowsLab({ pwsh, vms: ['two01'].map((name) => smallVm(name)) });
    }, RUN_MILLISECONDS_MAX);
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    it(
      'moves a VM with two disks',
      async () => {
        const { seen, left } = await windows.migrate('/migrate two01 to hv-b stream');
        expect(left).toBeUndefined();
        expect(seen?.state.closed).toBe('migrated');
        expect(migrationOf(seen?.entries ?? []).plan.method).toBe('stream');
        expect(await windows.wrong('two01', 'hv-b')).toEqual([]);
      },
      RUN_MILLISECONDS_MAX,
    );
  });
}
