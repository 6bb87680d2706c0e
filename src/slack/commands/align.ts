/** Gives a standing order to keep a VM aligned. */

import type { Edge } from '../edge.ts';
import { alignRefusalAnswer } from '../views/answers.ts';
import { type Message, named } from '../views/blocks.ts';
import { type Asked, placed } from './asked.ts';
import type { Command } from './grammar.ts';

export async function align(
  { name: _, ...wish }: Extract<Command, { name: 'align' }>,
  { asker, words }: Asked,
  edge: Edge,
): Promise<Message> {
  const { user } = asker;
  const { vm, target, everySeconds } = wish;
  const channel = await edge.authority.channelFor(asker);
  const { users: administrators } = await edge.authority.peopleWho('administrator');
  const aligned = await edge.operations.align({ ...wish, user, channel, administrators });
  if ('refused' in aligned) {
    return alignRefusalAnswer({ vm, target }, aligned.refused, words);
  }
  edge.wake(aligned.operation);
  const said = words.alignment.begun(named(vm), named(target), everySeconds);
  return placed(said, { channel, asker, words });
}
