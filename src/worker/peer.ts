/** The other host of an operation, asked over the link. */

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { HostFacts } from '../domain/host.ts';
import type { Opened, Side } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import { orAbsent } from '../hosts/files.ts';
import { isOutage } from '../migration/advance.ts';
import type { Peer } from '../migration/ports.ts';
import type { Records } from '../store/store.ts';
import { isUp } from '../stream/is-up.ts';
import type { Address } from '../stream/link.ts';
import { ask } from '../stream/questions.ts';
import { verifyRegistration } from '../trust/enrolment.ts';
import type { Identity } from '../trust/identity.ts';
import { writeDurably } from './notebook.ts';
import {
  answerSchema,
  copySchema,
  handedSchema,
  otherSide,
  sessionSchema,
  sideOf,
} from './questions.ts';

/** A worker that restarts is back within seconds; each of these questions may be asked twice. */
const PATIENCE_SECONDS = 30;
/** Each of these means that nobody answered. */
const UNREACHABLE: readonly string[] = ['peer-unreachable', 'peer-hung-up', 'peer-silent'];
const PAUSE_SECONDS = 0.5;
const QUESTION_SECONDS = 10;
const UP_SECONDS = 5;
/** Base64 of it is well within a question. */
const PART_BYTES = 512 * 1024;
/** More than any definition has, with what is sent again. */
const PARTS_MAX = 1000;

export interface Asking {
  readonly identity: Identity;
  readonly records: Pick<Records, 'get'>;
  /** A folder that keeps the addresses last seen, for when the store is gone. */
  readonly addresses: string;
  /** How long a silent host is asked again. */
  readonly patienceSeconds?: number;
  /** The hosts are simulated. */
  readonly isLab?: boolean;
}

function unlessAway(error: unknown): undefined {
  if (error instanceof Problem && error.code === 'store-unreachable') return undefined;
  throw error;
}

/**
 * The key that an enrolled host must hold and where it says that it listens, in words signed with
 * its own key. They are kept for when the store is gone; a forged one does not take their place.
 * @throws {Problem} peer-wrong-registration | registration-malformed | registration-forged
 */
export async function whereIs(
  { records, addresses }: Pick<Asking, 'records' | 'addresses'>,
  { name, publicKey }: { name: string; publicKey: string },
): Promise<{ address: Address; publicKey: string }> {
  const file = join(addresses, `${name}.json`);
  const stored = await records.get(`registrations/${name}`).catch(unlessAway);
  const kept = await readFile(file, 'utf8').catch(orAbsent);
  const registration = verifyRegistration(stored ?? (kept && JSON.parse(kept)));
  if (registration.publicKey !== publicKey) {
    throw new Problem('peer-wrong-registration', { host: name });
  }
  const text = JSON.stringify(registration);
  if (text !== kept) {
    await mkdir(addresses, { recursive: true });
    await writeDurably(file, text);
  }
  return { address: registration.address, publicKey };
}

export function peerOf(opened: Opened, operation: string, asking: Asking): Peer {
  const { identity, patienceSeconds = PATIENCE_SECONDS } = asking;
  const side: Side = otherSide(sideOf(opened, identity.publicKey));
  const once = async (name: string, body: unknown): Promise<unknown> => {
    const peer = await whereIs(asking, opened.parties[side]);
    try {
      return await ask({ identity, peer, timeoutSeconds: QUESTION_SECONDS }, name, body);
    } catch (error) {
      // Its store is away, and not ours: it could not answer.
      if (!(error instanceof Problem) || !isOutage(error)) throw error;
      const facts = { ...peer.address, reason: error.code };
      throw new Problem('peer-unreachable', facts, { cause: error });
    }
  };
  const patiently = async (name: string, body: unknown): Promise<unknown> => {
    const until = performance.now() + patienceSeconds * 1000;
    for (;;) {
      try {
        return await once(name, body);
      } catch (error) {
        if (!(error instanceof Problem) || !UNREACHABLE.includes(error.code)) throw error;
        if (performance.now() > until) {
          throw new Problem('peer-unreachable', error.facts, { cause: error });
        }
        await pause(PAUSE_SECONDS * 1000);
      }
    }
  };
  return {
    tell: async (intent) => answerSchema.parse(await patiently('tell', intent)),
    facts: async () => (await patiently('facts', { operation })) as HostFacts,
    copy: async () => copySchema.parse(await patiently('copy', { operation })) ?? undefined,
    async handOver(_operation, { vmId, bytes, about }) {
      const { length } = bytes;
      let offset = 0;
      for (let parts = 0; parts < PARTS_MAX; parts += 1) {
        const part = Buffer.from(bytes.subarray(offset, offset + PART_BYTES));
        const body = {
          ...{ operation, vmId, offset, length, bytes: part.toString('base64') },
          ...(about ? { about } : {}),
        };
        const { have } = handedSchema.parse(await patiently('handOver', body));
        if (have >= length) return;
        // A worker that was started anew has none of it.
        offset = have;
      }
      throw new Error(`The definition of ${vmId} did not arrive in ${PARTS_MAX} parts`);
    },
    async fence({ operation: _, epoch }) {
      await patiently('fence', { operation, epoch });
    },
    async unfence({ operation: _, epoch }) {
      await patiently('unfence', { operation, epoch });
    },
    async isUp() {
      const { address } = await whereIs(asking, opened.parties[side]);
      const { isLab = false } = asking;
      return await isUp(address, { timeoutSeconds: UP_SECONDS, closedMeansGone: isLab });
    },
    session: async () => sessionSchema.parse(await patiently('session', { operation })),
  };
}
