/** That what a moved VM left behind need not be kept for much longer, and how to have it deleted. */

import type { Words } from '../../texts/words.ts';
import type { CopyRow } from '../rows.ts';
import { dateText, escaped, type Message, message, named, section } from './blocks.ts';

export function expiryMessage(
  copy: Pick<CopyRow, 'vm' | 'host' | 'bytes'> & { readonly keptUntil: number },
  { deletion: { expiry } }: Words,
): Message {
  const vm = named(copy.vm.name);
  const host = named(copy.host);
  const lines = [
    `${escaped(expiry.soon({ vm, host }, copy.bytes))} ${dateText(copy.keptUntil)}.`,
    `${escaped(expiry.nothing)} ${escaped(expiry.ask(vm, host))}`,
  ];
  return message(lines.join('\n'), [section(lines.join('\n'))]);
}
