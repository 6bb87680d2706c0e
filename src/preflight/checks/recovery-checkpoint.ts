/** B44: what a backup left behind, or is just making: a recovery checkpoint, or its file without one. */

import { type Check, findingsOf, has, judge } from '../check.ts';

const say = findingsOf('recovery-checkpoint');
const CHECKPOINT_FILE = /\.avhdx?$/i;

export const recoveryCheckpoint: Check = {
  id: 'B44',
  name: 'recovery-checkpoint',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: ({ vm }) => has(vm.hyperv?.checkpoints),
  run({ vm, source }) {
    const facts = { vm: vm.name, id: vm.id, host: source.name };
    const unread = say.unread(`the checkpoints of ${vm.name}`);
    const finding = judge(vm.hyperv?.checkpoints, unread, (all) => {
      const ours = vm.checkpoints.filter((one) => one.ours).map(({ id }) => id.toLowerCase());
      const recovery = all.filter(
        ({ id, type }) => type === 'Recovery' && !ours.includes(id.toLowerCase()),
      );
      if (recovery.length > 0) {
        return say.blocker({ ...facts, checkpoints: recovery.map(({ name }) => name) });
      }
      const leaves = vm.disks.map(({ path }) => path).filter((path) => CHECKPOINT_FILE.test(path));
      return all.length === 0 && leaves.length > 0
        ? say.blocker({ ...facts, files: leaves }, 'checkpoint-file-left')
        : undefined;
    });
    return finding ?? say.ok(facts);
  },
};
