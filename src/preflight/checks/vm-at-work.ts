/** B42: while a backup, a merge or another job has the VM, Hyper-V refuses to move it. A plan can wait; a move cannot. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('vm-at-work');
/** Of `VMOperationalStatus`: each ends by itself. */
const PASSING = [
  'InService',
  'ApplyingSnapshot',
  'CreatingSnapshot',
  'DeletingSnapshot',
  'WaitingToStart',
  'MergingDisks',
  'ExportingVirtualMachine',
  'MigratingVirtualMachine',
  'BackingUpVirtualMachine',
  'ModifyingUpVirtualMachine',
  'StorageMigrationPhaseOne',
  'StorageMigrationPhaseTwo',
  'MigratingPlannedVm',
  'CheckingCompatibility',
];

export const vmAtWork: Check = {
  id: 'B42',
  name: 'vm-at-work',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => vm.hyperv !== undefined,
  run({ vm, source }, { phase }) {
    const { primaryStatus = '', secondaryStatus } = vm.hyperv ?? {};
    const statuses = [secondaryStatus, primaryStatus].filter((one) => one !== undefined);
    if (primaryStatus === '') return say.unknown(`the status of ${vm.name}`);
    const unusual = statuses.filter((one) => one !== '' && one !== 'Ok');
    const facts = { vm: vm.name, host: source.name, statuses: unusual };
    if (unusual.length === 0) return say.ok(facts);
    if (!unusual.some((one) => PASSING.includes(one))) return say.warning(facts, 'vm-unwell');
    return phase === 'plan' ? say.warning(facts) : say.blocker(facts);
  },
};
