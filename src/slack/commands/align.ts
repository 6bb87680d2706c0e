/** Gives a standing order to keep a VM aligned, and ends it. */

import type { Edge } from '../edge.ts';
import { alignRefusalAnswer, sentence } from '../views/answers.ts';
import { type Message, named } from '../views/blocks.ts';
import type { Command } from './grammar.ts';
import { type Asked, placed } from './run.ts';

export async function align(
  { vm, to }: Extract<Command, { name: 'align' }>,
  { asker, words }: Asked,
  edge: Edge,
): Promise<Message> {
  const { user } = asker;
  const { alignment } = words;
  if (!to) {
    await edge.operations.stopAligning(vm, user);
    edge.wake();
    return sentence(alignment.ended(named(vm)));
  }
  const channel = await edge.authority.channelFor(asker);
  const { users: administrators } = await edge.authority.peopleWho('administrator');
  const aligned = await edge.operations.align({ vm, ...to, user, channel, administrators });
  if ('refused' in aligned) {
    return alignRefusalAnswer({ vm, target: to.target }, aligned.refused, words);
  }
  edge.wake(aligned.operation);
  const said = alignment.begun(named(vm), named(to.target), to.everySeconds);
  return placed(said, { channel, asker, words });
}
