/** For each mutant of `off-mutants.ts` a schedule on which it is found out. */

import { CALM_OFF, type Fault, type Trigger } from '../schedule.ts';
import { at, type Killer, on } from './killer.ts';

const cancel: Fault = { kind: 'cancel' };
const onOff = (finds: string, triggers: readonly Trigger[]): Killer =>
  on(finds, triggers, CALM_OFF);

export const OFF_KILLERS: Readonly<Record<string, Killer>> = {
  'the target starts a VM that was off': onOff('m1 is to start a VM that was off', []),
  'what was off is started when it is taken back': onOff('m1 is to start a VM that was off', [
    at('run copyLastRound', 3, cancel),
  ]),
  'no fence for a VM that is off': onOff('the VM can be started on both hosts', []),
};
