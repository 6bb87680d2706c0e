/**
 * B43 for the stream: rounds are frozen by checkpoints of our own, and someone else's in the chain would
 * be moved with them. Those of backups have a check of their own.
 */

import { known } from '../../domain/hyperv.ts';
import { type Check, findingsOf, judge } from '../check.ts';

const say = findingsOf('foreign-checkpoint');

export const foreignCheckpoint: Check = {
  id: 'B43',
  name: 'foreign-checkpoint',
  methods: ['stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run({ vm, source }) {
    const read = vm.hyperv?.checkpoints;
    const ofBackups = (known(read) ?? [])
      .filter(({ type }) => type === 'Recovery')
      .map(({ id }) => id.toLowerCase());
    const foreign = vm.checkpoints.filter(
      ({ id, ours }) => !ours && !ofBackups.includes(id.toLowerCase()),
    );
    if (foreign.length > 0) {
      const checkpoints = foreign.map(({ name }) => name);
      const mended = vm.hyperv ? { id: vm.id } : {};
      return say.blocker({ vm: vm.name, host: source.name, checkpoints, ...mended });
    }
    const unread = say.unread(`the checkpoints of ${vm.name}`);
    return judge(read, unread, () => undefined) ?? say.ok({ vm: vm.name });
  },
};
