/** That a copy is older than promised, why, and that it is young again. */

import type { Words } from '../../texts/words.ts';
import type { AlignmentRow } from '../rows.ts';
import { cut, escaped, type Message, mention, message, named, section } from './blocks.ts';

const WHY_CHARS_MAX = 600;
const PEOPLE_SHOWN_MAX = 10;

/** `now`: milliseconds since 1970. `operators`: user and group ids. */
export function ageMessage(
  { vm, target, everySeconds, freshAt, problem }: AlignmentRow,
  { now, operators }: { readonly now: number; readonly operators: readonly string[] },
  { alignment: { old }, textOf }: Words,
): Message {
  const names = [named(vm.name), named(target)] as const;
  const age =
    freshAt === undefined
      ? old.never(...names, everySeconds)
      : old.text(...names, (now - freshAt) / 1000, everySeconds);
  const why = problem ? Object.values(textOf(problem)).map((text) => cut(text, WHY_CHARS_MAX)) : [];
  const said = [age, old.lost(names[0]), ...why, old.look].map(escaped);
  const people = operators.slice(0, PEOPLE_SHOWN_MAX).map(mention).join(', ');
  const text = `:warning: ${said.join(' ')} ${people}`.trim();
  return message(text, [section(text)]);
}

export function youngMessage({ vm, target }: AlignmentRow, { alignment: { old } }: Words): Message {
  const text = escaped(old.mended(named(vm.name), named(target)));
  return message(text, [section(text)]);
}
