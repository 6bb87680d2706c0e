/** What would be lost with a host: one row for each VM. */

import type { Fate } from '../../fleet/what-if.ts';
import type { Words } from '../../texts/words.ts';
import type { WhatIf } from '../rows.ts';
import { escaped, type Message, named } from './blocks.ts';
import { lines, list } from './lines.ts';

const ROWS_SHOWN_MAX = 40;

/** `now`: milliseconds since 1970. */
export function whatIfAnswer(
  { host: name, answers, silent, carries, vms, bare }: WhatIf,
  now: number,
  words: Words,
): Message {
  const { whatIf } = words;
  const host = named(name);
  const back = vms.filter(({ fate }) => fate.kind === 'restorable').length;
  const notes = [
    ...(answers ? [] : [whatIf.away(host)]),
    ...(silent.length > 0 ? [whatIf.silent(silent.map(named))] : []),
    ...(carries ? [whatIf.carries[carries](host)] : []),
    ...(bare.length > 0 ? [whatIf.bare(bare.map(named), host)] : []),
  ].map(escaped);
  if (vms.length === 0) return lines([escaped(whatIf.nothing(host)), ...notes]);
  const rows = vms.map(({ vm, fate }) => {
    return `• ${escaped(`${named(vm.name)}: ${fateText(fate, now, words)}`)}`;
  });
  const title = escaped(whatIf.title(host));
  const below = () => [escaped(whatIf.summary(vms.length, back)), ...notes, escaped(whatIf.below)];
  return list({ title, rows, rowsMax: ROWS_SHOWN_MAX, below }, words);
}

function fateText(fate: Fate, now: number, { whatIf }: Words): string {
  const ageOf = (freshAt: number): number => Math.max(0, (now - freshAt) / 1000);
  switch (fate.kind) {
    case 'restorable':
      return whatIf.restorable(named(fate.host), ageOf(fate.freshAt));
    case 'no room':
      return whatIf.noRoom(named(fate.host), fate.memoryBytesMissing, fate.leaveOff.map(named));
    case 'no definition':
      return whatIf['no definition'](named(fate.host), ageOf(fate.freshAt));
    case 'domain controller':
    case 'on a share':
    case 'lost':
      return whatIf[fate.kind];
  }
}
