/** What has to do with times: of a wish, of a host, and of all that waits. */

import { Problem } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import type { Edge } from '../edge.ts';
import type { Wish } from '../ports.ts';
import { sentence } from '../views/answers.ts';
import { type Message, named } from '../views/blocks.ts';
import { scheduledAnswer } from '../views/scheduled.ts';
import type { Asked } from './asked.ts';
import type { Command } from './grammar.ts';
import { timeIn } from './when.ts';

/** The wish with its times, by the clocks of whoever typed them. @throws {Problem} time-… | zone-unknown */
export async function timed(
  { wish, times: { start, cutover } = {} }: Extract<Command, { name: 'migrate' | 'plan' }>,
  asked: Asked,
  edge: Pick<Edge, 'zoneOf'>,
): Promise<Wish> {
  const [startAt, cutoverAt] = [
    start === undefined ? undefined : await timeOf(start, asked, edge),
    cutover === undefined ? undefined : await timeOf(cutover, asked, edge),
  ];
  return {
    ...wish,
    ...(startAt === undefined ? {} : { startAt }),
    ...(cutoverAt === undefined ? {} : { cutoverAt }),
  };
}

/** A time with its distance to UTC needs no zone. */
const HAS_OFFSET = /(?:[+-]\d{1,2}:?\d{2}|\b(?:utc|gmt|z))$/i;

async function timeOf(
  text: string,
  { asker, words: { language } }: Asked,
  { zoneOf }: Pick<Edge, 'zoneOf'>,
): Promise<number> {
  const zone = await zoneOf(asker.user);
  if (zone === undefined && !HAS_OFFSET.test(text)) throw new Problem('zone-unknown', { text });
  return timeIn(text, { now: Date.now(), zone: zone ?? 'UTC', language });
}

/** The hours are those of the clocks of whoever sets them. */
export async function setWindow(
  { host, hours }: Extract<Command, { name: 'window' }>,
  { asker, words: { times } }: Asked,
  { operations, zoneOf }: Edge,
): Promise<Message> {
  const { user } = asker;
  if (!hours) {
    await operations.setWindow({ host, user });
    return sentence(times.windowOff(named(host)));
  }
  const zone = await zoneOf(user);
  if (zone === undefined) throw new Problem('zone-unknown', { text: hours.from });
  const window = { ...hours, zone };
  await operations.setWindow({ host, user, hours: window });
  return sentence(times.windowSet(named(host), times.hours(window)));
}

export async function scheduled(words: Words, { operations }: Edge): Promise<Message> {
  const [views, orders] = await Promise.all([operations.openViews(), operations.alignments()]);
  return scheduledAnswer({ views, orders, now: Date.now() }, words);
}
