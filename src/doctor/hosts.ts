/** The doctor's look at the hosts: enrolled, heard, of one version, and what each says of itself. */

import type { Examination } from '../../jobs/examine.ts';
import { HOSTS_MAX } from '../../jobs/payloads.ts';
import { heartbeatSchema, type KnownHost, knownHosts, SILENT_SECONDS } from '../bot/hosts.ts';
import type { Finding } from '../domain/finding.ts';
import { Problem, toProblemRecord } from '../domain/problem.ts';
import type { Store } from '../store/store.ts';
import { enrolmentSchema, verifyRegistration } from '../trust/enrolment.ts';
import type { Identity } from '../trust/identity.ts';
import { VERSION } from '../version.ts';
import { distinct } from './live.ts';

const check = 'host';

export interface HostsSeen {
  readonly hosts: readonly KnownHost[];
  /** What each worker registered, by its name; unchecked. */
  readonly registrations: ReadonlyMap<string, unknown>;
  /** Milliseconds since 1970, the store's clock. */
  readonly now: number;
}

export interface HostsLook {
  /** @throws {Problem} store-unreachable */
  readonly seen: () => Promise<HostsSeen>;
  /** The worker's own account. */
  readonly examine: (host: string, others: readonly string[]) => Promise<Examination>;
}

/** @throws {Problem} store-unreachable */
export async function hostsSeen({ journal, records }: Store, bot: Identity): Promise<HostsSeen> {
  const hosts = await knownHosts(records, bot);
  const registered = await Promise.all(
    hosts.map(async ({ name }) => [name, await records.get(`registrations/${name}`)] as const),
  );
  return { hosts, registrations: new Map(registered), now: await journal.now() };
}

export async function hostsFindings({ seen, examine }: HostsLook): Promise<Finding[]> {
  let all: HostsSeen;
  try {
    all = await seen();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ check, severity: 'unknown', code: 'doctor-hosts-unknown', facts: {} }];
  }
  const hosts = all.hosts.slice(0, HOSTS_MAX);
  if (hosts.length === 0) {
    return [{ check, severity: 'warning', code: 'doctor-hosts-none', facts: {} }];
  }
  const enrolled = hosts.flatMap(({ name, party }) => (party ? [name] : []));
  const findings = await Promise.all(
    hosts.map(async (host) => {
      const trouble = troubleWith(host, all);
      if (trouble) return host.party ? [trouble, unexamined(host.name)] : [trouble];
      const others = enrolled.filter((name) => name !== host.name);
      return await examined(host, { others, examine, now: all.now });
    }),
  );
  // Both ends of a pair find the same.
  return distinct(findings.flat());
}

/** From the host's own side, where the bot's signature under an enrolment cannot be checked. */
export async function hostItself(
  name: string,
  { journal, records }: Store,
): Promise<{ finding: Finding; others: readonly string[] }> {
  const [registration, enrolment, heartbeat, keys, now] = await Promise.all([
    records.get(`registrations/${name}`),
    records.get(`enrolments/${name}`),
    records.get(`heartbeats/${name}`),
    records.keys('enrolments/'),
    journal.now(),
  ]);
  const { data: party } = enrolmentSchema.safeParse(enrolment);
  const { data: seen } = heartbeatSchema.safeParse(heartbeat);
  const host = { name, ...(party ? { party } : {}), ...(seen ? { seenAt: seen.at } : {}) };
  const registrations = new Map([[name, registration]]);
  const seconds = Math.max(0, Math.round((now - (seen?.at ?? 0)) / 1000));
  const facts = { host: name, version: VERSION, seconds };
  const finding = troubleWith(host, { hosts: [host], registrations, now }) ?? {
    check,
    severity: 'ok',
    code: 'doctor-host-ok',
    facts,
  };
  const enrolled = keys.map((key) => key.slice('enrolments/'.length));
  return { finding, others: enrolled.filter((other) => other !== name).slice(0, HOSTS_MAX) };
}

/** Why there is nothing to ask this host. */
function troubleWith(host: KnownHost, { registrations, now }: HostsSeen): Finding | undefined {
  const { name, party, problem, seenAt } = host;
  const say = (code: string, facts: Finding['facts'] = {}): Finding => {
    return { check, severity: 'blocker', code, facts: { host: name, ...facts } };
  };
  if (problem) return say(problem.code, problem.facts);
  if (!party) return { ...say('doctor-host-not-enrolled'), severity: 'warning' };
  if (!holdsKey(registrations.get(name), party.publicKey)) return say('doctor-host-key-changed');
  if (seenAt === undefined) return say('doctor-host-never-heard');
  const seconds = Math.round((now - seenAt) / 1000);
  return seconds > SILENT_SECONDS ? say('doctor-host-silent', { seconds }) : undefined;
}

function holdsKey(registration: unknown, publicKey: string): boolean {
  try {
    return verifyRegistration(registration).publicKey === publicKey;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return false;
  }
}

const unexamined = (host: string): Finding => {
  return { check, severity: 'unknown', code: 'doctor-host-unexamined', facts: { host } };
};

interface Asking {
  readonly others: readonly string[];
  readonly examine: HostsLook['examine'];
  readonly now: number;
}

async function examined(
  { name: host, seenAt = 0 }: KnownHost,
  { others, examine, now }: Asking,
): Promise<Finding[]> {
  try {
    const { version, findings } = await examine(host, others);
    const seconds = Math.max(0, Math.round((now - seenAt) / 1000));
    const facts = { host, version, seconds };
    const versions = { host, version, wanted: VERSION };
    return [
      { check, severity: 'ok', code: 'doctor-host-ok', facts },
      version === VERSION
        ? { check: 'version', severity: 'ok', code: 'doctor-version-ok', facts: versions }
        : {
            check: 'version',
            severity: 'blocker',
            code: 'doctor-version-differs',
            facts: versions,
          },
      ...findings,
    ];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, facts } = toProblemRecord(error);
    return [{ check, severity: 'unknown', code, facts: { host, ...facts } }, unexamined(host)];
  }
}
