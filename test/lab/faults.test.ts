import { describe, expect, it } from '@jest/globals';
import { FAULTS } from '../../src/lab/faults.ts';
import { lab, RUN_MILLISECONDS_MAX } from './run-lab.ts';

/** The other half is in `more-faults.test.ts`: two processes share the work. */
const HALF = FAULTS.slice(0, FAULTS.length / 2);

describe('the lab', () => {
  it.each(HALF.map((fault) => [fault.name, fault.ends] as const))(
    'with the fault %s: %s',
    async (name, ends) => {
      const { code, output } = await lab(['--fault', name]);
      expect(output).toContain(`As it should be: ${ends}.`);
      expect(output).toContain('0 guests left');
      expect(code).toBe(0);
    },
    RUN_MILLISECONDS_MAX,
  );
});
