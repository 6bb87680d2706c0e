/** The lab's faults on hosts of Hyper-V, each on a VM of its own, shared out between suites. */

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAULTS, type Fault } from '../../src/lab/faults.ts';
import { requireTool } from '../tools.ts';
import { startWindowsLab, type WindowsLab } from './windows-lab.ts';

const RUN_MILLISECONDS_MAX = 300_000;

/** As many files run them. */
const PARTS = 2;
/** Each takes a minute or two: so many of a part's are drawn for a run. */
const DRAWN = 3;
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS_ALL = process.env.FAULTS === 'all';

export const faultsOfPart = (part: number): readonly Fault[] => {
  const faults = FAULTS.filter((_fault, index) => index % PARTS === part - 1);
  return RUNS_ALL ? faults : faults.toSorted(byLot).slice(0, DRAWN);
};

const byLot = (a: Fault, b: Fault): number => lotOf(a).localeCompare(lotOf(b));
const lotOf = ({ name }: Fault): string =>
  createHash('sha256').update(`${SEED} ${name}`).digest('hex');

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
