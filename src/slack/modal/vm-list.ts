/** The VMs of all hosts that answer, as the options of a select: grouped by their host. */

import type { types } from '@slack/bolt';
import type { Words } from '../../texts/words.ts';
import type { HostRow } from '../rows.ts';
import { cut, named } from '../views/blocks.ts';
import { vmState } from '../views/host-answers.ts';
import { vmValue } from './fields.ts';

/** Of a select's option or group; Slack takes 100 of each. */
const LABEL_CHARS_MAX = 75;
export const OPTIONS_MAX = 100;
const GROUPS_MAX = 100;

export type SelectOption = types.PlainTextOption;
export type Group = { label: types.PlainTextElement; options: SelectOption[] };

export const plain = (text: string, charsMax = LABEL_CHARS_MAX): types.PlainTextElement => ({
  type: 'plain_text',
  text: cut(text, charsMax),
});

export const option = (text: string, value: string): SelectOption => ({ text: plain(text), value });

export const readyHosts = (hosts: readonly HostRow[]): HostRow[] =>
  hosts.filter(({ state }) => state === 'ready');

export const vmCount = (hosts: readonly HostRow[]): number =>
  readyHosts(hosts).reduce((sum, { vms }) => sum + vms.length, 0);

/** VMs that no option can hold: their names are too long for its value. */
export const unlisted = (hosts: readonly HostRow[]): number =>
  readyHosts(hosts)
    .flatMap(({ name, vms }) => vms.map((vm) => vmValue(name, vm.name)))
    .filter((value) => value === undefined).length;

/** The first hundred whose name or host holds what was typed; without regard to case. */
export function vmGroups(hosts: readonly HostRow[], words: Words, typed = ''): Group[] {
  const wanted = typed.trim().toLowerCase();
  let left = OPTIONS_MAX;
  const groups: Group[] = [];
  for (const { name: host, vms } of readyHosts(hosts).slice(0, GROUPS_MAX)) {
    const found = vms.filter((vm) => `${host}/${vm.name}`.toLowerCase().includes(wanted));
    const options = found.flatMap((vm) => {
      const value = vmValue(host, vm.name);
      const text = `${named(vm.name)} (${vmState(vm, words)})`;
      return value === undefined ? [] : [option(text, value)];
    });
    const taken = options.slice(0, left);
    left -= taken.length;
    if (taken.length > 0) groups.push({ label: plain(host), options: taken });
  }
  return groups;
}
