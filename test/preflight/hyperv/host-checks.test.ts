import { describe, expect, it } from '@jest/globals';
import type { HyperVHostFacts } from '../../../src/domain/hyperv.ts';
import { runChecks } from '../../../src/preflight/checks.ts';
import { HOST_CHECKS } from '../../../src/preflight/host-checks.ts';
import { subjectOf } from '../facts.ts';
import { type Changes, DENIED, LACKS, reachFacts, value, windowsSubject } from '../windows.ts';
import {
  both,
  CREDSSP,
  findingOf,
  LIVE,
  namesOfHostChecks,
  OTHER_MODEL,
  with2012R2,
  workingAs,
} from './ask.ts';

describe('the checks of two Hyper-V hosts', () => {
  it('are all well for healthy hosts', () => {
    const findings = runChecks(windowsSubject(), LIVE, HOST_CHECKS);
    expect(findings.filter(({ severity }) => severity !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(HOST_CHECKS.map(({ name }) => name));
  });

  it('leave out processors for a VM that is off', () => {
    const off = windowsSubject({ target: OTHER_MODEL, vmItself: { state: 'Off' } });
    expect(namesOfHostChecks(off)).not.toContain('processor-model');
    expect(namesOfHostChecks(off)).not.toContain('processor-vendor');
  });

  it('leave out delegation under CredSSP with somebody at the console', () => {
    const console = both({ ...CREDSSP, ...workingAs({ isService: false }) });
    const asked = namesOfHostChecks(windowsSubject(console));
    expect(asked.filter((name) => name.startsWith('delegation'))).toEqual([]);
  });

  it('leave to a cluster what it decides itself when it moves its role', () => {
    const role = { group: 'dc02', ownerNode: 'hv-a', possibleOwners: ['hv-a', 'hv-b'] };
    const clustered = windowsSubject({ vm: { clusterRole: value(role) } });
    expect(namesOfHostChecks(clustered)).toEqual([
      'hyperv-role',
      'processor-vendor',
      'processor-model',
      'ports',
      'switch-uplink',
      'fibre-channel',
    ]);
  });

  it('ask no domain, delegation or SMB of a stream', () => {
    const asked = namesOfHostChecks(windowsSubject(), { method: 'stream', phase: 'plan' });
    expect(asked).toEqual(['hyperv-role', 'worker-account', 'switch-uplink', 'fibre-channel']);
  });

  it('are asked again before the move where minutes change them', () => {
    expect(namesOfHostChecks(windowsSubject(), { method: 'live', phase: 'recheck' })).toEqual([
      'hyperv-role',
      'migration-enabled',
      'host-names',
      'common-subnet',
      'microsoft-client',
      'file-sharing',
      'ports',
      'admin-share',
      'switch-uplink',
    ]);
  });
});

/** What each check reads of hosts and VM; reading all of it is refused, or there is no such thing. */
const READS: Readonly<Record<string, readonly (keyof HyperVHostFacts)[]>> = {
  'hyperv-role': ['role', 'build'],
  'migration-enabled': ['migration'],
  'processor-vendor': ['processor'],
  'processor-model': ['processor'],
  domain: ['domain'],
  'migration-authentication': ['migration'],
  delegation: ['delegation'],
  'delegation-back': ['delegation'],
  'worker-account': ['account'],
  'host-names': ['reach'],
  'common-subnet': ['migration', 'adapters'],
  'any-network': ['migration'],
  'microsoft-client': ['adapters'],
  'file-sharing': ['fileServer', 'adapters'],
  ports: ['reach'],
  'admin-share': ['reach'],
  'switch-uplink': ['switches'],
  'fibre-channel': [],
};
const PORTS = ['migrationPort', 'smbPort', 'managementPort', 'adminShare'];
const REACH = [...PORTS, 'shortName', 'fullName'];

/** Both hosts and the VM with what a check reads replaced by one answer. */
function answered(check: string, answer: typeof DENIED | typeof LACKS): Changes {
  const host = (name: string): Partial<HyperVHostFacts> => {
    const reads = READS[check] ?? [];
    const facts = reads.map((field) =>
      field === 'reach'
        ? [field, { ...reachFacts(name), ...Object.fromEntries(REACH.map((key) => [key, answer])) }]
        : [field, answer],
    );
    return Object.fromEntries(facts);
  };
  return { source: host('hv-a'), target: host('hv-b'), vm: { fibreChannelSans: answer } };
}

describe.each(HOST_CHECKS.map(({ name }) => name))('%s', (name) => {
  it('is unknown, with the words of Windows, where nothing could be read', () => {
    const finding = findingOf(name, windowsSubject(answered(name, DENIED)));
    expect(finding).toMatchObject({ severity: 'unknown', code: `${name}-unknown` });
    expect(finding?.facts.what).toContain('Access is denied. (0x80070005)');
  });

  it('does not appear where Windows has no such thing', () => {
    expect(namesOfHostChecks(windowsSubject(answered(name, LACKS)))).not.toContain(name);
  });

  it('does not appear for hosts that are no Windows', () => {
    expect(findingOf(name, subjectOf())).toBeUndefined();
  });
});

describe('hosts with Windows Server 2012 R2', () => {
  it('G.4 fail by nothing that their release lacks', () => {
    const findings = runChecks(with2012R2(), LIVE);
    expect(findings.filter(({ severity }) => severity !== 'ok')).toEqual([]);
    expect(findings.length).toBeGreaterThan(HOST_CHECKS.length);
  });
});
