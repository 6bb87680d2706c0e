/** What a live plan says beside the disks: networks, switches and media, as far as they are known. */

import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/domain/plan.ts';
import type { Subject } from '../../src/preflight/check.ts';
import { runChecks } from '../../src/preflight/checks.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { replan } from '../../src/preflight/replan.ts';
import { DENIED, reachFacts, value, windowsSubject } from './windows.ts';

const planOf = (subject: Subject): Plan => makePlan(subject, { findings: [], method: 'live' }).plan;
const [network] = windowsSubject().source.networks;
if (!network) throw new Error('The healthy hosts have a network');
const second = { ...network, name: 'Old', subnet: '10.0.8.0/24', dedicated: false };

describe('the networks of a live plan', () => {
  it('are all that both hosts allow, with the address at each end, the best first', () => {
    const subject = windowsSubject({
      sourceHost: { networks: [{ ...second, address: '10.0.8.1' }, network] },
      targetHost: {
        networks: [
          { ...network, address: '10.0.9.2' },
          { ...second, address: '10.0.8.2' },
        ],
      },
    });
    expect(planOf(subject)).toMatchObject({
      migrationSubnet: '10.0.9.0/24',
      live: {
        networks: [
          {
            subnet: '10.0.9.0/24',
            sourceAddress: '10.0.9.1',
            targetAddress: '10.0.9.2',
            dedicated: true,
          },
          { subnet: '10.0.8.0/24', sourceAddress: '10.0.8.1', targetAddress: '10.0.8.2' },
        ],
      },
    });
  });

  it("of a cluster's role are those of the cluster", () => {
    const cluster = value({
      name: 'cl1',
      node: 'hv-a',
      nodes: [],
      sharedVolumes: [],
      migrationNetworks: value(['Cluster Network 2']),
    });
    const clusterRole = value({ group: 'dc02', ownerNode: 'hv-a', possibleOwners: ['hv-b'] });
    const { live } = planOf(windowsSubject({ source: { cluster }, vm: { clusterRole } }));
    expect(live).toMatchObject({ clusterNetworks: ['Cluster Network 2'] });
    expect(live).not.toHaveProperty('networks');
  });

  it('are what is likely where an end could not be read, and nothing is blocked by that', () => {
    const dark = { adapters: DENIED };
    const none = { networks: [] };
    const half = windowsSubject({ target: dark, targetHost: none });
    expect(planOf(half).migrationSubnet).toBe('10.0.9.0/24');
    expect(planOf(half).live).not.toHaveProperty('networks');
    const both = { source: dark, sourceHost: none, target: dark, targetHost: none };
    expect(planOf(windowsSubject(both)).migrationSubnet).toBe('');
    const found = runChecks(half, { method: 'live', phase: 'plan' });
    expect(found.filter(({ severity }) => severity === 'blocker')).toEqual([]);
  });

  it('are none, and there is no plan, where the hosts certainly share none', () => {
    const subject = windowsSubject({ targetHost: { networks: [second] } });
    expect(() => planOf(subject)).toThrow('no-migration-network');
    // What is known of an end whose other end is dark says nothing of its own networks.
    const dark = { source: { adapters: DENIED }, sourceHost: { networks: [] } };
    expect(planOf(windowsSubject({ ...dark, targetHost: { networks: [second] } }))).toMatchObject({
      migrationSubnet: '10.0.8.0/24',
    });
  });
});

describe('the media of a live plan', () => {
  const drives = ['C:\\a.iso', 'C:\\b.iso', '\\\\nas\\c.iso'].map((path, at) => {
    return { id: `SCSI 0:${at}`, media: 'ISO', path } as const;
  });
  const mediaOf = (seen?: readonly string[]) => {
    const reach = reachFacts('hv-a', seen ? { media: value(seen) } : {});
    return planOf(windowsSubject({ vm: { dvdDrives: value(drives) }, source: { reach } })).live
      ?.media;
  };

  it("stay where the target has them too, are ejected where not, and on a share they are nobody's matter", () => {
    expect(mediaOf(['c:/A.ISO'])).toEqual([
      { path: 'C:\\a.iso', becomes: 'stays' },
      { path: 'C:\\b.iso', becomes: 'ejected' },
    ]);
  });

  it('are not known where nobody looked', () => {
    expect(mediaOf()?.map(({ becomes }) => becomes)).toEqual(['unknown', 'unknown']);
    expect(planOf(windowsSubject()).live).not.toHaveProperty('media');
  });
});

describe('the switches of a live plan', () => {
  const office = [{ name: 'Office', type: 'External' as const }];
  const subject = (switches: Subject['switches']) => ({
    ...windowsSubject({ targetHost: { switches: office } }),
    ...(switches ? { switches } : {}),
  });

  it('are those of the same name, and one of another name is told with what it means', () => {
    expect(planOf(windowsSubject()).live).not.toHaveProperty('rewired');
    const plan = planOf(subject([{ from: 'lan', to: 'Office' }]));
    expect(plan.networks).toEqual([{ adapter: 'Network Adapter', switch: 'Office', from: 'LAN' }]);
    expect(plan.live?.rewired).toEqual([{ adapter: 'Network Adapter', from: 'LAN', to: 'Office' }]);
  });

  it('must be there under the name that was chosen', () => {
    const said = (switches: Subject['switches']) =>
      runChecks(subject(switches), { method: 'live', phase: 'recheck' }).find(
        ({ check }) => check === 'virtual-switch',
      );
    expect(said(undefined)).toMatchObject({ severity: 'blocker', facts: { switches: ['LAN'] } });
    expect(said([{ from: 'LAN', to: 'Ofice' }])).toMatchObject({
      severity: 'blocker',
      facts: { switches: ['Ofice'] },
    });
    expect(said([{ from: 'LAN', to: 'office' }])).toMatchObject({ severity: 'ok' });
    const both = [
      { from: 'LAN', to: 'Office' },
      { from: 'Lann', to: 'Office' },
    ];
    expect(said(both)).toMatchObject({
      code: 'virtual-switch-unused',
      facts: { switches: ['Lann'], used: ['LAN'] },
    });
  });

  it('stay as chosen when it has to ask for another plan', () => {
    const chosen = subject([{ from: 'LAN', to: 'Office' }]);
    const before = planOf(chosen);
    const measured = { secondsAtWork: before.secondsMax + 1 };
    const again = replan({ before, subject: subject(undefined), measured });
    if ('refused' in again) throw new Error(again.refused.code);
    expect(again.plan.live?.rewired).toEqual(before.live?.rewired);
    expect(again.plan.networks).toEqual(before.networks);
  });
});
