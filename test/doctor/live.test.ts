/** What live migration needs of two hosts, as the doctor of either sees it. */

import { describe, expect, it } from '@jest/globals';
import { distinct, type LiveLook, liveFindings } from '../../src/doctor/live.ts';
import type { HostFacts } from '../../src/domain/host.ts';
import { Problem } from '../../src/domain/problem.ts';
import { hostFacts } from '../preflight/facts.ts';
import {
  type Changes,
  DENIED,
  netAdapter,
  reachFacts,
  value,
  windowsSubject,
} from '../preflight/windows.ts';
import { told } from './words.ts';

interface Pair {
  readonly a: HostFacts;
  readonly b: HostFacts;
}

const pair = (changes: Changes = {}): Pair => {
  const { source, target } = windowsSubject(changes);
  return { a: source, b: target };
};

/** What each host sees of the other comes when it is asked, and not before. */
const unreached = ({ hyperv, ...host }: HostFacts): HostFacts => {
  if (!hyperv) return host;
  const { reach: _, ...rest } = hyperv;
  return { ...host, hyperv: rest };
};

const lookOf = ({ a, b }: Pair, changes: Partial<LiveLook> = {}): LiveLook => ({
  reach: async () => a.hyperv?.reach,
  factsOf: async () => unreached(b),
  reachOf: async () => b.hyperv?.reach,
  ...changes,
});

const found = async (changes: Changes = {}, look: Partial<LiveLook> = {}) => {
  const both = pair(changes);
  return await liveFindings(unreached(both.a), ['hv-b'], lookOf(both, look));
};

const wrong = async (changes: Changes = {}, look: Partial<LiveLook> = {}) =>
  told(await found(changes, look)).filter((line) => !line.startsWith('ok '));

describe('what live migration needs of the hosts', () => {
  it('is one line where all is well, and says how much was looked at', async () => {
    const findings = await found();
    expect(told(findings)).toEqual(['ok doctor-live-ok']);
    expect(findings[0]?.facts).toMatchObject({ host: 'hv-a', to: 'hv-b' });
    expect(Number(findings[0]?.facts.checks)).toBeGreaterThanOrEqual(26);
  });

  it('is not asked of a host without Windows', async () => {
    const look = lookOf(pair());
    expect(await liveFindings(hostFacts('hv-a'), ['hv-b'], look)).toEqual([]);
  });

  it('is asked in both directions, and the way back is no lesser one', async () => {
    const delegation = value({ allowedTo: [], anyProtocol: false });
    expect(await wrong({ source: { delegation } })).toEqual(['blocker delegation']);
    expect(await wrong({ target: { delegation } })).toEqual(['blocker delegation']);
    const adapters = value([netAdapter({ msServer: value(false) })]);
    const lines = await wrong({ source: { adapters } });
    expect(lines).toContain('blocker file-sharing');
    expect(lines.join(' ')).not.toContain('-back');
  });

  it('names one thing once, though both directions find it', async () => {
    const { source } = windowsSubject();
    const settings = source.hyperv?.migration;
    if (!settings || !('value' in settings)) throw new Error('The hosts are Windows');
    const migration = value({ ...settings.value, enabled: false });
    const findings = await found({ source: { migration }, target: { migration } });
    const off = findings.filter(({ code }) => code === 'migration-enabled');
    expect(off.map(({ facts }) => facts)).toEqual([
      { host: 'hv-a', to: 'hv-b', hosts: ['hv-a', 'hv-b'] },
    ]);
  });

  it('is the same from both ends', async () => {
    const changes: Changes = {
      source: { delegation: DENIED, reach: reachFacts('hv-a', { smbPort: value(false) }) },
      target: { fileServer: value({ serviceRunning: false, firewallOpen: true }) },
    };
    const { a, b } = pair(changes);
    const here = await found(changes);
    const there = await liveFindings(unreached(b), ['hv-a'], lookOf({ a: b, b: a }));
    expect(here.length).toBeGreaterThan(3);
    const ok = 'doctor-live-ok';
    expect(distinct([...here, ...there]).filter(({ code }) => code !== ok)).toHaveLength(
      here.length - 1,
    );
  });

  it('is unknown of a host that does not answer, and then this one is looked at alone', async () => {
    const factsOf = () => Promise.reject(new Problem('host-away', { host: 'hv-b' }));
    const account = DENIED;
    expect(await wrong({ source: { account } }, { factsOf })).toEqual([
      'unknown worker-account-unknown',
      'unknown doctor-live-unknown',
    ]);
  });

  it('is judged before there is another host', async () => {
    const { a, b } = pair({ source: { role: value({ installed: false, serviceRunning: false }) } });
    const findings = await liveFindings(a, [], lookOf({ a, b }));
    const role = findings.find(({ code }) => code === 'hyperv-role');
    expect(role?.facts.hosts).toEqual(['hv-a']);
    told(findings);
  });

  it('says which host another one serves', async () => {
    const findings = await found({ source: { build: value(9600) } });
    expect(told(findings)).toContain('ok doctor-live-served');
  });

  it.each([
    [{ knowsRoles: false }, ['warning antivirus']],
    [{ knowsRoles: false, scansFilesInUse: false }, []],
  ])('looks whether Defender leaves VMs alone: %p', async (changes, expected) => {
    const well = { scansFilesInUse: true, knowsRoles: true, extensions: [], programs: [] };
    expect(await wrong({ target: { defender: value({ ...well, ...changes }) } })).toEqual(expected);
  });

  it('names what Defender does not leave alone, however the rest was entered', async () => {
    const extensions = 'vhd .vhdx *.avhd AVHDX vhds rct mrt vsv bin vmcx vmrs vmgs'.split(' ');
    const programs = ['C:\\Windows\\System32\\vmms.exe', 'VMWP.EXE', 'vmsp.exe'];
    const defender = value({ scansFilesInUse: true, knowsRoles: false, extensions, programs });
    const findings = await found({ source: { defender } });
    const facts = findings.find(({ code }) => code === 'antivirus')?.facts;
    expect(facts).toMatchObject({ extensions: ['iso'], programs: ['vmcompute.exe'] });
    expect(await wrong({ source: { defender: DENIED } })).toEqual(['unknown antivirus-unknown']);
  });

  it('does not know the ports of a host whose neighbour could not look', async () => {
    const reach = () => Promise.reject(new Problem('host-away', { host: 'hv-a' }));
    expect(await wrong({}, { reach })).toContain('unknown ports-unknown');
  });
});
