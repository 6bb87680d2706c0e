/** This host's part in measuring the link from another one: it dials and counts what comes. */

import { Problem } from '../domain/problem.ts';
import type { Records } from '../store/store.ts';
import { measureLink } from '../stream/measure.ts';
import type { Identity } from '../trust/identity.ts';
import { enrolledHosts } from './enrolled.ts';
import { whereIs } from './peer.ts';

/** Dialling included; a person waits for the plan meanwhile. */
const MEASURE_SECONDS = 5;

export interface MeasuringHost {
  readonly identity: Identity;
  readonly records: Records;
  /** A folder that keeps the addresses last seen. */
  readonly addresses: string;
  readonly botFingerprint: string;
}

/**
 * Bytes a second from the source to this host.
 * @throws {Problem} host-not-enrolled, or why the source cannot be reached
 */
export async function measureFrom(own: MeasuringHost, source: string): Promise<number> {
  const hosts = await enrolledHosts(own);
  const party = hosts.find(({ name }) => name === source);
  if (!party) throw new Problem('host-not-enrolled', { host: source });
  const peer = await whereIs(own, party);
  const { identity } = own;
  return await measureLink({ identity, peer, timeoutSeconds: MEASURE_SECONDS });
}
