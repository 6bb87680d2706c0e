/** Our own: what a plan relies on and no real host has shown, for an administrator to accept. */

import { known } from '../../domain/hyperv.ts';
import type { HyperVVmFacts } from '../../domain/hyperv-vm.ts';
import { CLAIMS, type Claim, SHOWN, type Shown } from '../../domain/proven.ts';
import type { VmFacts } from '../../domain/vm.ts';
import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('unproven');

/** The VMs that each is relied on for. */
const RELIES: Readonly<Record<Claim, (vm: VmFacts, hyperv: HyperVVmFacts) => boolean>> = {
  'recovery-checkpoints': ({ state }) => state === 'Running',
  'fence-by-rename': () => true,
  'import-without-snapshots': () => true,
  'virtual-tpm': (_, { security }) => known(security)?.tpm === true,
  'dynamic-mac': (_, { adapters }) => adapters.some(({ dynamicMac }) => dynamicMac),
};

/** Nothing of a simulated host. */
export function unprovenOf(vm: VmFacts, shown: Shown = SHOWN): Claim[] {
  const { hyperv } = vm;
  if (!hyperv) return [];
  return CLAIMS.filter((claim) => shown[claim] === undefined && RELIES[claim](vm, hyperv));
}

export const unproven: Check = {
  id: 'unproven',
  name: 'unproven',
  methods: ['stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => unprovenOf(vm).length > 0,
  run: ({ vm }) => say.warning({ vm: vm.name, claims: unprovenOf(vm) }),
};
