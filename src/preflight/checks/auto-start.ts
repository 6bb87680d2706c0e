/** B62: what the host does with the VM when it boots. The stream forbids it at the source until the end. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('auto-start');

export const autoStart: Check = {
  id: 'B62',
  name: 'auto-start',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  run: ({ vm }) => say.ok({ vm: vm.name, action: vm.startAction }),
};
