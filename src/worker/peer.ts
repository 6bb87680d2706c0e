/** The other host of an operation, asked over the link. */

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostFacts } from '../domain/host.ts';
import type { Opened, Side } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import type { Peer } from '../migration/ports.ts';
import type { Records } from '../store/store.ts';
import type { Address } from '../stream/link.ts';
import { ask } from '../stream/questions.ts';
import { verifyRegistration } from '../trust/enrolment.ts';
import type { Identity } from '../trust/identity.ts';
import { orAbsent, writeDurably } from './notebook.ts';
import { answerSchema, copySchema, otherSide, sessionSchema, sideOf } from './questions.ts';

/** A worker that restarts is back within seconds; an answer that acts on nothing may wait for it. */
const PATIENCE_SECONDS = 30;
const PAUSE_SECONDS = 0.5;
const QUESTION_SECONDS = 10;

export interface Asking {
  readonly identity: Identity;
  readonly records: Pick<Records, 'get'>;
  /** A folder that keeps the addresses last seen, for when the store is gone. */
  readonly addresses: string;
}

/** Where an enrolled host says that it listens, in words signed with its own key. */
export async function registrationOf(
  { records, addresses }: Omit<Asking, 'identity'>,
  party: { name: string; publicKey: string },
): Promise<unknown> {
  const file = join(addresses, `${party.name}.json`);
  const stored = await records.get(`registrations/${party.name}`).catch(unlessAway);
  if (stored === undefined) {
    const text = await readFile(file, 'utf8').catch(orAbsent);
    return text === undefined ? undefined : JSON.parse(text);
  }
  await mkdir(addresses, { recursive: true });
  await writeDurably(file, JSON.stringify(stored));
  return stored;
}

function unlessAway(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'store-unreachable') return undefined;
  throw error;
}

/** The key that an enrolled host must hold and where it says that it listens. */
export async function whereIs(
  where: Omit<Asking, 'identity'>,
  party: { name: string; publicKey: string },
): Promise<{ address: Address; publicKey: string }> {
  const registration = verifyRegistration(await registrationOf(where, party));
  if (registration.publicKey === party.publicKey) {
    return { address: registration.address, publicKey: party.publicKey };
  }
  throw new Problem('peer-wrong-registration', { host: party.name });
}

export function peerOf(opened: Opened, operation: string, asking: Asking): Peer {
  const { identity } = asking;
  const side: Side = otherSide(sideOf(opened, identity.publicKey));
  const once = async (name: string, body: unknown): Promise<unknown> => {
    const peer = await whereIs(asking, opened.parties[side]);
    return await ask({ identity, peer, timeoutSeconds: QUESTION_SECONDS }, name, body);
  };
  const patiently = async (name: string, body: unknown): Promise<unknown> => {
    const until = Date.now() + PATIENCE_SECONDS * 1000;
    for (;;) {
      try {
        return await once(name, body);
      } catch (error) {
        const silent = error instanceof Problem && error.code === 'peer-unreachable';
        if (!silent || Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_SECONDS * 1000));
      }
    }
  };
  return {
    tell: async (intent) => answerSchema.parse(await patiently('tell', intent)),
    facts: async () => (await patiently('facts', { operation })) as HostFacts,
    copy: async () => copySchema.parse(await patiently('copy', { operation })) ?? undefined,
    async handOver(_operation, { vmId, bytes }) {
      const body = { operation, vmId, bytes: Buffer.from(bytes).toString('base64') };
      await patiently('handOver', body);
    },
    session: async () => sessionSchema.parse(await patiently('session', { operation })),
  };
}
