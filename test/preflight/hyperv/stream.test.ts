/** The method `stream` between two Hyper-V hosts: which checks count, and what only they find. */

import { describe, expect, it } from '@jest/globals';
import { known } from '../../../src/domain/hyperv.ts';
import { CHECKS, hasBlocker, runChecks } from '../../../src/preflight/checks.ts';
import { textsIn } from '../../../src/texts/catalogue.ts';
import { LANGUAGES } from '../../../src/texts/words.ts';
import { GIB, hostFacts, subjectOf, vmFacts } from '../facts.ts';
import {
  type Changes,
  DENIED,
  hyperVVm,
  LACKS,
  reachFacts,
  value,
  windowsSubject,
} from '../windows.ts';
import {
  both,
  findingOf,
  knownOf,
  LIVE,
  migrating,
  type RowAt,
  STREAM,
  STREAM_RECHECK,
  workingAs,
} from './ask.ts';

const [disk] = hyperVVm().disks;
const [adapter] = hyperVVm().adapters;
const [volume] = hostFacts('hv-a').volumes;
if (!disk || !adapter || !volume) throw new Error('The healthy VM has a disk and an adapter');

const place = (at: 'share' | 'cluster') => ({ disks: [{ ...disk, place: at }] });
const chained = (...files: readonly string[]) => ({ disks: [{ ...disk, chain: value(files) }] });
const security = knownOf(hyperVVm().security);
const checkpoints = (type: string, count: number): Changes => {
  const all = Array.from({ length: count }, (_, at) => ({ id: `c${at}`, name: `before ${at}` }));
  return {
    vm: { checkpoints: value(all.map((one) => ({ ...one, type, automatic: false }))) },
    vmItself: { checkpoints: all.map((one) => ({ ...one, ours: false })) },
  };
};
const replicated = {
  replication: value({
    mode: 'Primary',
    state: 'Replicating',
    primaryServer: 'hv-a',
    replicaServer: 'hv-c',
  }),
};
const free = (bytesFree: number): Changes => ({
  sourceHost: { volumes: [{ ...volume, bytesFree }] },
});
const iso = (path: string): Changes => ({
  vm: { dvdDrives: value([{ id: 'SCSI 0:1', media: 'ISO', path }]) },
});

const ROWS: readonly RowAt[] = [
  [
    'it has checkpoints',
    checkpoints('Standard', 2),
    'foreign-checkpoint',
    'blocker',
    'foreign-checkpoint',
  ],
  [
    'its checkpoints cannot be read',
    { vm: { checkpoints: DENIED } },
    'foreign-checkpoint',
    'unknown',
    'foreign-checkpoint-unknown',
  ],
  [
    'a backup has a checkpoint, which is judged as one of a backup',
    checkpoints('Recovery', 1),
    'foreign-checkpoint',
    'ok',
    'foreign-checkpoint-ok',
  ],
  [
    'a backup makes a checkpoint before the cutover',
    checkpoints('Recovery', 1),
    'recovery-checkpoint',
    'blocker',
    'recovery-checkpoint',
    STREAM_RECHECK,
  ],
  [
    'a disk stands on another one',
    { vm: chained('D:\\a.vhdx', 'D:\\base.vhdx') },
    'differencing-disk',
    'blocker',
    'differencing-disk-stream',
  ],
  [
    'a disk stands on the file of a round',
    { vm: chained('D:\\a_1.avhdx', 'D:\\a.vhdx') },
    'differencing-disk',
    'ok',
    'differencing-disk-ok',
  ],
  ['a disk lies on a share', { vm: place('share') }, 'disk-place', 'blocker', 'disk-place'],
  [
    "a disk lies on a cluster's volume",
    { vm: place('cluster') },
    'disk-place',
    'blocker',
    'disk-place',
  ],
  ['it is replicated', { vm: replicated }, 'replication', 'blocker', 'replication'],
  [
    'it moves live and is replicated',
    { vm: replicated },
    'replication',
    'warning',
    'replication-live',
    LIVE,
  ],
  [
    'it does not answer a shutdown',
    { vm: { services: value({ shutdown: false, heartbeat: true }) } },
    'shutdown-service',
    'warning',
    'shutdown-service',
  ],
  [
    'it stopped answering before the cutover',
    { vm: { services: value({ shutdown: false, heartbeat: true }) } },
    'shutdown-service',
    'warning',
    'shutdown-service',
    STREAM_RECHECK,
  ],
  [
    'it shows no heartbeat, which no cutover needs',
    { vm: { services: value({ shutdown: true, heartbeat: false }) } },
    'shutdown-service',
    'ok',
    'shutdown-service-ok',
  ],
  [
    'its services cannot be read',
    { vm: { services: DENIED } },
    'shutdown-service',
    'unknown',
    'shutdown-service-unknown',
  ],
  ['the source has little room', free(60 * GIB), 'source-space', 'warning', 'source-space-tight'],
  ['the source has no room', free(5 * GIB), 'source-space', 'blocker', 'source-space'],
  [
    'it has an image that the target lacks',
    iso('D:\\iso\\a.iso'),
    'dvd-media',
    'warning',
    'dvd-media-left',
  ],
  [
    'it has an image that the target has',
    {
      ...iso('D:\\iso\\a.iso'),
      source: { reach: reachFacts('hv-a', { media: value(['D:\\iso\\a.iso']) }) },
    },
    'dvd-media',
    'ok',
    'dvd-media-ok',
  ],
  [
    'it has Fibre Channel, of which the target has the SAN',
    { vm: { fibreChannelSans: value(['SAN']) }, target: { fibreChannelSans: value(['SAN']) } },
    'fibre-channel',
    'blocker',
    'fibre-channel-stream',
  ],
  [
    'it is shielded',
    { vm: { security: value({ ...security, shielded: true }) } },
    'virtual-tpm',
    'blocker',
    'virtual-tpm-shielded',
  ],
  [
    'its guardians are unknown at the target',
    { vm: { security: value({ ...security, tpm: true, guardians: value(['AA']) }) } },
    'virtual-tpm',
    'blocker',
    'virtual-tpm',
  ],
  [
    'it is saved',
    { vm: { state: 'Saved' }, vmItself: { state: 'Saved' } },
    'vm-state',
    'blocker',
    'vm-state',
  ],
  [
    'it is paused',
    { vm: { state: 'Paused' }, vmItself: { state: 'Paused' } },
    'vm-state',
    'blocker',
    'vm-state',
  ],
  [
    'a cluster has it',
    { vm: { clusterRole: value({ group: 'VM', ownerNode: 'hv-a', possibleOwners: [] }) } },
    'cluster-role',
    'blocker',
    'cluster-role',
  ],
  [
    'the target does not know its version',
    { vm: { version: value('12.0') } },
    'configuration-version',
    'blocker',
    'configuration-version',
  ],
  [
    "a worker's account administers nothing",
    { target: workingAs({ isAdministrator: false }) },
    'worker-account',
    'blocker',
    'worker-account',
  ],
  [
    "the source's account is unknown at the target",
    { target: workingAs({ name: 'HV-B\\ferry' }), source: workingAs({ cannotBeDelegated: true }) },
    'worker-account',
    'ok',
    'worker-account-ok',
  ],
  [
    'a VM at the target has its MAC address',
    { targetHost: { vms: [vmFacts({ id: 'other', name: 'web01' })] } },
    'mac-address',
    'blocker',
    'mac-address',
  ],
  [
    'the VM of its MAC address at the target is itself',
    { targetHost: { vms: [vmFacts()] } },
    'mac-address',
    'ok',
    'mac-address-ok',
  ],
];

describe('a stream between Hyper-V hosts', () => {
  it.each(ROWS)('when %s', (_, changes, check, severity, code, occasion = STREAM) => {
    expect(findingOf(check, windowsSubject(changes), occasion)).toMatchObject({ severity, code });
  });

  it('names each checkpoint and their number, with what merges them', () => {
    const finding = findingOf(
      'foreign-checkpoint',
      windowsSubject(checkpoints('Standard', 2)),
      STREAM,
    );
    if (!finding) throw new Error('Checkpoints are judged');
    for (const language of LANGUAGES) {
      const { text, remedy } = textsIn(language)(finding);
      for (const part of ['2 checkpoint', 'before 0', 'before 1']) expect(text).toContain(part);
      expect(remedy).toContain(
        `Get-VM -Id '${vmFacts().id}' | Get-VMSnapshot -SnapshotType Standard | Remove-VMSnapshot`,
      );
    }
  });

  it('asks of a simulated host nothing that only Windows has', () => {
    const asked = runChecks(subjectOf(), STREAM).map(({ check }) => check);
    for (const check of [
      'shutdown-service',
      'disk-place',
      'replication',
      'mac-address',
      'unproven',
    ]) {
      expect(asked).not.toContain(check);
    }
    const lacking = windowsSubject({ vm: { services: LACKS } });
    expect(findingOf('shutdown-service', lacking, STREAM)).toBeUndefined();
  });

  it('needs no domain, delegation, SMB, port or common maker of processors', () => {
    const here = knownOf(windowsSubject().source.hyperv?.processor ?? LACKS);
    const subject = windowsSubject({
      ...both({
        domain: value({ joined: false, name: 'WORKGROUP', trusted: [] }),
        delegation: value({ allowedTo: [], anyProtocol: false }),
        credentialGuard: value(true),
        fileServer: value({ serviceRunning: false, firewallOpen: false }),
        reach: reachFacts('hv-a', {
          migrationPort: value(false),
          smbPort: value(false),
          adminShare: value(false),
          fullName: value([]),
        }),
        ...migrating({ enabled: false, authentication: 'CredSSP', movesMax: 0 }),
      }),
      target: { processor: value({ ...here, manufacturer: 'AuthenticAMD' }) },
    });
    const findings = runChecks(subject, STREAM);
    expect(findings.filter(({ severity }) => severity !== 'ok').map(({ code }) => code)).toEqual([
      'unproven',
    ]);
    expect(hasBlocker(runChecks(subject, LIVE))).toBe(true);
    expect(known(subject.source.hyperv?.migration)?.enabled).toBe(false);
  });
});

/** The rows of the facts by the methods that they count for; what is in neither list counts for both. */
const LIVE_ALONE = [
  ...['migration-enabled', 'processor-vendor', 'processor-model', 'domain'],
  ...['migration-authentication', 'delegation', 'delegation-back', 'host-names', 'common-subnet'],
  ...['any-network', 'microsoft-client', 'file-sharing', 'ports', 'admin-share', 'checkpoints'],
  ...['target-files', 'slots'],
];
const STREAM_ALONE = [
  'foreign-checkpoint',
  'disk-place',
  'shutdown-service',
  'unproven',
  'source-space',
];

describe('the checks', () => {
  it('that count for one method alone are these', () => {
    const only = (method: 'live' | 'stream') =>
      CHECKS.filter(({ methods }) => methods.every((one) => one === method)).map(
        ({ name }) => name,
      );
    expect(only('live').toSorted()).toEqual(LIVE_ALONE.toSorted());
    expect(only('stream').toSorted()).toEqual(STREAM_ALONE.toSorted());
  });
});
