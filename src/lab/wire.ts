/** What the lab does to the wire between its hosts. */

import type { Fault } from './faults.ts';
import { whenHeld } from './holds.ts';

export const CORRUPT_BLOCK: Fault = {
  name: 'corrupt-block',
  what: 'a block that hv-a sends arrives damaged',
  end: 'migrated',
  ends: 'found by its checksum and sent again; migrates',
  env: (host) => (host === 'hv-a' ? { FERRY_LAB_FAULT: 'corrupt-block' } : {}),
  after: async (lab) => {
    if (!(await whenHeld(lab, { step: 'corrupt-block' }))) throw new Error('No block was damaged');
    return undefined;
  },
};
