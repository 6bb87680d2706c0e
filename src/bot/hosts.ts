/** The hosts that the bot knows: registered by their workers, enrolled by an operator. */

import { z } from 'zod';
import type { Party } from '../domain/journal.ts';
import { Problem, type ProblemRecord, toProblemRecord, Verdict } from '../domain/problem.ts';
import type { Records } from '../store/store.ts';
import { enrol, verifyEnrolment } from '../trust/enrolment.ts';
import type { Identity } from '../trust/identity.ts';

/** A worker that was silent for longer than this is away. */
export const SILENT_SECONDS = 15;
/** What a worker writes under `heartbeats/`; the store's clock. */
export const heartbeatSchema = z.object({ at: z.number() });

export interface KnownHost {
  readonly name: string;
  /** Absent until an operator has enrolled it. */
  readonly party?: Party;
  /** Why the enrolment in the store is not believed. The other hosts are not concerned. */
  readonly problem?: ProblemRecord;
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
    records.get(`enrolments/${name}`),
    records.get(`heartbeats/${name}`),
  ]);
  const seen = heartbeatSchema.safeParse(heartbeat);
  return {
    name,
    ...(enrolment === undefined ? {} : believed(enrolment, bot.publicKey, name)),
    ...(seen.success ? { seenAt: seen.data.at } : {}),
  };
}

/** The host's key by the bot's own signature, or why the store's word is not taken. */
function believed(
  enrolment: unknown,
  botPublicKey: string,
  name: string,
): Pick<KnownHost, 'party' | 'problem'> {
  try {
    const { name: enrolled, publicKey } = verifyEnrolment(enrolment, botPublicKey);
    if (enrolled !== name) throw new Verdict('enrolment-forged', { host: name });
    return { party: { name, publicKey } };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { problem: toProblemRecord(error) };
  }
}

/** Compares the code that a person typed with the key that the worker registered, and signs. */
export async function enrolHost(
  { records, bot, now }: { records: Records; bot: Identity; now: number },
  { host, code, user }: { host: string; code: string; user: string },
): Promise<void> {
  // A name as it was typed is no key: a store may refuse what nobody registered.
  const known = await namesUnder(records, 'registrations/');
  const registration = known.includes(host)
    ? await records.get(`registrations/${host}`)
    : undefined;
  if (registration === undefined) throw new Problem('enrolment-unknown-host', { host, known });
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
