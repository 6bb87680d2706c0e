/**
 * B41: Hyper-V moves a VM from a lasting state alone. The stream freezes the disks of a VM that runs and
 * proves at the end that it runs again, or copies one that is off as it is.
 */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('vm-state');
const LASTING = ['Running', 'Off', 'Saved', 'Paused'];
/** `RunningCritical`: its storage is gone or full, and it stands still. */
const CRITICAL = /Critical$/;

export const vmState: Check = {
  id: 'B41',
  name: 'vm-state',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run({ vm, source }, { method }) {
    const state = vm.hyperv?.state ?? vm.state;
    const facts = { vm: vm.name, host: source.name, state };
    if (CRITICAL.test(state)) return say.blocker(facts, 'vm-critical');
    if (method === 'stream') {
      const isMovable = vm.state === 'Running' || vm.state === 'Off';
      return isMovable ? say.ok(facts) : say.blocker(facts);
    }
    return LASTING.includes(state) ? say.ok(facts) : say.blocker(facts, 'vm-state-passing');
  },
};
