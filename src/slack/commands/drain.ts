/** Empties a host, or fills it again: planned at once, and asked of people once. */

import type { Edge } from '../edge.ts';
import { type Message, named } from '../views/blocks.ts';
import { type Asked, placed } from './asked.ts';
import type { Command } from './grammar.ts';

export async function drain(
  { name, ...wish }: Extract<Command, { name: 'drain' | 'return' }>,
  { asker, words }: Asked,
  edge: Edge,
): Promise<Message> {
  const { operations } = edge;
  const channel = await edge.authority.channelFor(asker);
  const request = { ...wish, user: asker.user, channel };
  const operation =
    name === 'drain' ? await operations.drain(request) : await operations.bringBack(request);
  edge.wake(operation);
  return placed(words.drain.planned(named(operation)), { channel, asker, words });
}
