/** How tests ask single checks, and hosts of an old Windows. */

import type { Finding, Severity } from '../../../src/domain/finding.ts';
import { type HyperVHostFacts, known, type Read } from '../../../src/domain/hyperv.ts';
import type { Occasion, Subject } from '../../../src/preflight/check.ts';
import { runChecks } from '../../../src/preflight/checks.ts';
import { HOST_CHECKS } from '../../../src/preflight/host-checks.ts';
import { type Changes, hyperVHost, LACKS, value, windowsSubject } from '../windows.ts';

export const LIVE = { method: 'live', phase: 'plan' } as const;
export const LIVE_RECHECK = { method: 'live', phase: 'recheck' } as const;
export const STREAM = { method: 'stream', phase: 'plan' } as const;
export const STREAM_RECHECK = { method: 'stream', phase: 'recheck' } as const;

export const findingOf = (check: string, subject: Subject, occasion: Occasion = LIVE) =>
  runChecks(subject, occasion).find((finding: Finding) => finding.check === check);

/** In the order of the list. */
export function namesOfHostChecks(subject: Subject, occasion: Occasion = LIVE): string[] {
  const found = new Set(runChecks(subject, occasion, HOST_CHECKS).map(({ check }) => check));
  return HOST_CHECKS.map(({ name }) => name).filter((name) => found.has(name));
}

export function knownOf<T>(read: Read<T>): T {
  const it = known(read);
  if (it === undefined) throw new Error('The healthy hosts have it');
  return it;
}

const host = hyperVHost('hv-a');
const migration = knownOf(host.migration);
const account = knownOf(host.account);
/** Of every healthy host. */
export const processor = knownOf(host.processor);

/** What is so, the check that must speak, how, and by which code. */
export type Row = readonly [string, Changes, string, Severity, string];
/** The same, and when, if not for a live plan. */
export type RowAt = readonly [...Row, Occasion?];

export const both = (changes: Partial<HyperVHostFacts>): Changes => ({
  source: changes,
  target: changes,
});
export const migrating = (changes: Partial<typeof migration>) => ({
  migration: value({ ...migration, ...changes }),
});
export const workingAs = (changes: Partial<typeof account>) => ({
  account: value({ ...account, ...changes }),
});
export const OTHER_MODEL = {
  processor: value({ ...processor, name: 'Intel(R) Xeon(R) Silver 4310' }),
};
export const CREDSSP = migrating({ authentication: 'CredSSP' });

/** Neither PerformanceOption (2012) nor what came with 2016 (facts A.1). */
export function with2012R2(): Subject {
  const old: Partial<HyperVHostFacts> = {
    build: value(9600),
    migration: value({ ...migration, performance: LACKS }),
    credentialGuard: LACKS,
    supportedVersions: LACKS,
    guardians: LACKS,
    partitionableGpus: LACKS,
  };
  return windowsSubject({
    source: old,
    target: old,
    vm: { version: LACKS, security: LACKS, assignedDevices: LACKS, gpuPartitions: LACKS },
  });
}
