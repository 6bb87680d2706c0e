/** Which virtual switches of the target a VM's adapters come to. */

import type { Plan, PlannedLive } from '../domain/plan.ts';
import type { Subject } from './check.ts';
import { isSameName } from './live-hosts.ts';

/** Of the same name, unless a person chose another one. */
export const switchAtTarget = ({ switches = [] }: Subject, name: string): string =>
  switches.find(({ from }) => isSameName(from, name))?.to ?? name;

/** All adapters that have a switch, in their order. */
export const networksAt = (subject: Subject): Plan['networks'] =>
  subject.vm.adapters.flatMap(({ name: adapter, switch: from }) => {
    if (from === undefined) return [];
    const to = switchAtTarget(subject, from);
    return [{ adapter, switch: to, ...(isSameName(from, to) ? {} : { from }) }];
  });

/** Adapters whose switch has another name there; Hyper-V does not tell `LAN` from `lan`. */
export function rewiredIn(subject: Subject): NonNullable<PlannedLive['rewired']> {
  return subject.vm.adapters.flatMap(({ name, switch: from }) => {
    if (from === undefined) return [];
    const to = switchAtTarget(subject, from);
    return isSameName(from, to) ? [] : [{ adapter: name, from, to }];
  });
}
