/** The lab's faults, each in a lab of its own, shared out between the suites that run them. */

import { expect, it } from '@jest/globals';
import { FAULTS, type Fault } from '../../src/lab/faults.ts';
import { drawn, SEED } from '../lot.ts';
import { lab, RUN_MILLISECONDS_MAX } from './run-lab.ts';

/** In `npm test`: one that rolls back, a VM that is off, and the control that must lose something. */
const QUICK: readonly string[] = ['start-fails-at-target', 'vm-is-off', 'last-round-skipped'];

export const quickFaults: readonly Fault[] = FAULTS.filter(({ name }) => QUICK.includes(name));
const otherFaults = FAULTS.filter(({ name }) => !QUICK.includes(name));

/** `npm run chaos` has one file for each part, so that processes share the work. */
export const PARTS = 3;

/** All but the quick ones, in `PARTS` parts that leave out none. */
export const faultsOfPart = (part: number): readonly Fault[] =>
  otherFaults.filter((_, index) => index % PARTS === part - 1);

/** Each takes three quarters of a minute. */
const DRAWN = 3;

/** Runs some of them; `DRAW=all` runs all. */
export function itEndsAsDocumented(faults: readonly Fault[]): void {
  it.each(drawn(faults, DRAWN).map((fault) => [fault.name, fault.ends] as const))(
    `with the fault %s: %s (SEED=${SEED})`,
    async (name, ends) => {
      const { code, output } = await lab(['--fault', name]);
      expect(output).toContain(`As it should be: ${ends}.`);
      expect(output).toContain('0 guests left');
      expect(code).toBe(0);
    },
    RUN_MILLISECONDS_MAX,
  );
}
