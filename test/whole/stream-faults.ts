/** The lab's faults on hosts of Hyper-V, each on a VM of its own, shared out between suites. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAULTS, type Fault } from '../../src/lab/faults.ts';
import { drawn, SEED } from '../lot.ts';
import { requireTool } from '../tools.ts';
import { startWindowsLab, type WindowsLab } from './windows-lab.ts';

const RUN_MILLISECONDS_MAX = 300_000;

/** As many files run them. */
const PARTS = 2;
const DRAWN = 1;

export const faultsOfPart = (part: number): readonly Fault[] =>
  drawn(
    FAULTS.filter((_fault, index) => index % PARTS === part - 1),
    DRAWN,
  );

export function eachEndsAsInTheLab(faults: readonly Fault[]): void {
  const pwsh = requireTool('pwsh');
  if (pwsh === undefined) return;
  describe(`a streamed migration of Hyper-V that is disturbed (SEED=${SEED})`, () => {
    let windows: WindowsLab;
    beforeAll(async () => {
      windows = await startWindowsLab({ pwsh, vms: [] });
    }, RUN_MILLISECONDS_MAX);
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    it.each(faults.map((fault) => [fault.name, fault.ends, fault] as const))(
      'with the fault %s: %s',
      async (_name, _ends, fault) => {
        expect(await windows.migrateWith(fault)).toEqual([]);
      },
      RUN_MILLISECONDS_MAX,
    );
  });
}
