/** B29: a VM with more virtual processors than the target has logical ones does not start there. */

import { known } from '../../domain/hyperv.ts';
import { type Check, findingsOf, isReadable } from '../check.ts';

const say = findingsOf('processor-count');

export const processorCount: Check = {
  id: 'B29',
  name: 'processor-count',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  run({ vm, target }) {
    const read = target.hyperv?.logicalProcessors;
    const what = `the logical processors of ${target.name}`;
    if (read && 'unread' in read) return say.unread(what)(read.unread);
    const logical = known(read) ?? target.processors;
    if (!isReadable(logical)) return say.unknown(what);
    if (!isReadable(vm.processors)) return say.unknown(`the processors of ${vm.name}`);
    const facts = { vm: vm.name, host: target.name, processors: vm.processors, logical };
    return vm.processors <= logical ? say.ok(facts) : say.blocker({ ...facts, id: vm.id });
  },
};
