/** The hosts that the bot knows: registered by their workers, enrolled by an operator. */

import { z } from 'zod';
import type { Party } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import type { Records } from '../store/store.ts';
import { type Enrolment, enrol, verifyEnrolment } from '../trust/enrolment.ts';
import type { Identity } from '../trust/identity.ts';

/** A worker that was silent for longer than this is away. */
export const SILENT_SECONDS = 15;
const heartbeatSchema = z.object({ at: z.number() });

export interface KnownHost {
  readonly name: string;
  /** Absent until an operator has enrolled it. */
  readonly party?: Party;
  /** Milliseconds since 1970, the store's clock; absent when it was never heard. */
  readonly seenAt?: number;
}

/** Every host that registered or was enrolled, by name. */
export async function knownHosts(records: Records, bot: Identity): Promise<KnownHost[]> {
  const registered = await namesUnder(records, 'registrations/');
  const enrolled = await namesUnder(records, 'enrolments/');
  const names = [...new Set([...registered, ...enrolled])].toSorted();
  return await Promise.all(names.map((name) => knownHost(records, bot, name)));
}

async function namesUnder(records: Records, prefix: string): Promise<string[]> {
  const keys = await records.keys(prefix);
  return keys.map((key) => key.slice(prefix.length));
}

async function knownHost(records: Records, bot: Identity, name: string): Promise<KnownHost> {
  const [enrolment, heartbeat] = await Promise.all([
    enrolmentOf(records, bot.publicKey, name),
    records.get(`heartbeats/${name}`),
  ]);
  const seen = heartbeatSchema.safeParse(heartbeat);
  return {
    name,
    ...(enrolment ? { party: { name, publicKey: enrolment.publicKey } } : {}),
    ...(seen.success ? { seenAt: seen.data.at } : {}),
  };
}

/** The bot's signed word for a host's key; undefined when there is none. */
export async function enrolmentOf(
  records: Records,
  botPublicKey: string,
  name: string,
): Promise<Enrolment | undefined> {
  const value = await records.get(`enrolments/${name}`);
  if (value === undefined) return undefined;
  const enrolment = verifyEnrolment(value, botPublicKey);
  return enrolment.name === name ? enrolment : undefined;
}

/** Compares the code that a person typed with the key that the worker registered, and signs. */
export async function enrolHost(
  { records, bot, now }: { records: Records; bot: Identity; now: number },
  { host, code, user }: { host: string; code: string; user: string },
): Promise<void> {
  const registration = await records.get(`registrations/${host}`);
  if (registration === undefined) {
    const known = await namesUnder(records, 'registrations/');
    throw new Problem('enrolment-unknown-host', { host, known });
  }
  const enrolment = enrol({
    name: host,
    typedCode: code,
    registration,
    enrolledBy: user,
    at: Math.trunc(now),
    bot,
  });
  await records.put(`enrolments/${host}`, enrolment);
}
