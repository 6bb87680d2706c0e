/** A host's account of itself: its machine, its store, its volumes, and its way to other hosts. */

import type { Examination } from '../../jobs/examine.ts';
import type { Finding } from '../domain/finding.ts';
import type { HostFacts, VolumeFacts } from '../domain/host.ts';
import { Problem } from '../domain/problem.ts';
import { isReadable } from '../preflight/check.ts';
import type { Records } from '../store/store.ts';
import { dial, type LinkKeys } from '../stream/link.ts';
import { type Registration, verifyRegistration } from '../trust/enrolment.ts';
import { VERSION } from '../version.ts';
import { type LiveLook, liveFindings } from './live.ts';
import { machineFindings } from './machine.ts';
import { storeFindings } from './store.ts';

/** The other host is in the same rack. */
const DIAL_SECONDS_MAX = 5;
const GIB = 1024 ** 3;
/** A stream's own guard drops its tracking below this. */
const FREE_WANTED = { bytes: 10 * GIB, part: 0.1 } as const;

export interface Examined {
  /** The host's name. */
  readonly host: string;
  readonly state: string;
  readonly storeUrl: string;
  /** Absent when its file is what is wrong. */
  readonly identity?: LinkKeys | undefined;
  readonly records: Pick<Records, 'get'>;
  readonly facts: () => Promise<HostFacts>;
  readonly look: LiveLook;
}

/** @param others names of the hosts to be reached from here */
export async function examineHost(own: Examined, others: readonly string[]): Promise<Examination> {
  const { host, state, storeUrl } = own;
  const parts = await Promise.all([
    machineFindings({ host, state }),
    storeFindings(host, storeUrl),
    hostItselfFindings(own, others),
    Promise.all(others.map((other) => reachFinding(own, other))),
  ]);
  return { version: VERSION, findings: parts.flat() };
}

/** What only the hypervisor knows: asked once, for all that is judged of it. */
async function hostItselfFindings(own: Examined, others: readonly string[]): Promise<Finding[]> {
  let facts: HostFacts;
  try {
    facts = await own.facts();
  } catch (error) {
    return spaceUnknown(own.host, error);
  }
  return [...spaceFindings(facts), ...(await liveFindings(facts, others, own.look))];
}

/** Each volume of a host. */
export const spaceFindings = ({ name, volumes }: HostFacts): Finding[] =>
  volumes.map((volume) => spaceFinding(name, volume));

function spaceFinding(host: string, volume: VolumeFacts): Finding {
  const { path, bytesTotal, bytesFree, bytesReserved } = volume;
  const check = 'space';
  const bytesWanted = Math.max(FREE_WANTED.bytes, Math.round(bytesTotal * FREE_WANTED.part));
  if (![bytesTotal, bytesFree].every(isReadable)) {
    const facts = { host, volume: path };
    return { check, severity: 'unknown', code: 'doctor-space-unknown', facts };
  }
  const facts = { host, volume: path, bytesFree, bytesReserved, bytesWanted };
  return bytesFree - bytesReserved < bytesWanted
    ? { check, severity: 'warning', code: 'doctor-space-low', facts }
    : { check, severity: 'ok', code: 'doctor-space-ok', facts };
}

function spaceUnknown(host: string, error: unknown): Finding[] {
  if (!(error instanceof Problem)) throw error;
  const { code } = error;
  const why = {
    check: 'hypervisor',
    severity: 'unknown',
    code,
    facts: { host, ...error.facts },
  } as const;
  const facts = { host, volume: 'every volume' };
  return [why, { check: 'space', severity: 'unknown', code: 'doctor-space-unknown', facts }];
}

/**
 * A handshake with whoever registered as that host, at the address that it told: it proves the way,
 * the firewall and the key, and asks nothing. Whether that key is the enrolled one is the bot's to say.
 */
async function reachFinding(own: Examined, to: string): Promise<Finding> {
  const check = 'reach';
  const { host, identity } = own;
  const registration = await registrationOf(own, to);
  if (!identity || !registration) {
    return { check, severity: 'unknown', code: 'doctor-reach-unknown', facts: { host, to } };
  }
  const { address, publicKey } = registration;
  const place = { host, to, address: `${address.host}:${address.port}`, port: address.port };
  const startedAt = performance.now();
  try {
    const peer = { address, publicKey };
    const asking = { identity, peer, alpn: 'http/1.1' } as const;
    const socket = await dial({ ...asking, timeoutSeconds: DIAL_SECONDS_MAX });
    // It may refuse us by now: only a party of an open migration is answered.
    socket.on('error', () => undefined).destroy();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const reason = String(error.facts.reason ?? error.code);
    const facts = { ...place, reason };
    return { check, severity: 'blocker', code: 'doctor-reach-failed', facts };
  }
  const milliseconds = Math.ceil(performance.now() - startedAt);
  const facts = { ...place, milliseconds };
  return { check, severity: 'ok', code: 'doctor-reach-ok', facts };
}

async function registrationOf(
  { records }: Examined,
  to: string,
): Promise<Registration | undefined> {
  try {
    return verifyRegistration(await records.get(`registrations/${to}`));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return undefined;
  }
}
