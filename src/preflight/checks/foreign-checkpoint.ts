/** Rounds are frozen by checkpoints of our own; someone else's in the chain would be moved with them. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('foreign-checkpoint');

export const foreignCheckpoint: Check = {
  id: 'checkpoint',
  name: 'foreign-checkpoint',
  methods: ['stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run({ vm, source }) {
    const foreign = vm.checkpoints.filter((checkpoint) => !checkpoint.ours);
    if (foreign.length === 0) return say.ok({ vm: vm.name });
    const checkpoints = foreign.map((checkpoint) => checkpoint.name);
    return say.blocker({ vm: vm.name, host: source.name, checkpoints });
  },
};
