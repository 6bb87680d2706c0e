/** Which method is chosen where both hosts have both and nobody names one. */

import { describe, expect, it } from '@jest/globals';
import type { LiveObstacle } from '../../src/domain/plan.ts';
import { chosenMethod, lacksMethod } from '../../src/preflight/method.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { replan } from '../../src/preflight/replan.ts';
import { hostFacts, subjectOf } from './facts.ts';
import { both, CREDSSP, knownOf, migrating } from './hyperv/ask.ts';
import {
  type Changes,
  hyperVHost,
  hyperVVm,
  reachFacts,
  value,
  windowsSubject,
} from './windows.ts';

const [disk] = hyperVVm().disks;
if (!disk) throw new Error('The healthy VM has a disk');
const WORKGROUP = both({ domain: value({ joined: false, name: 'WORKGROUP', trusted: [] }) });
const processor = knownOf(hyperVHost('hv-b').processor);
const AMD: Changes = {
  target: { processor: value({ ...processor, manufacturer: 'AuthenticAMD' }) },
};
const CLOSED: Changes = { source: { reach: reachFacts('hv-a', { migrationPort: value(false) }) } };
const onShare: Changes = { vm: { disks: [{ ...disk, place: 'share' }] } };
const withCheckpoint: Changes = {
  vmItself: { checkpoints: [{ id: 'c', name: 'before', ours: false }] },
};

const OBSTACLES: readonly (readonly [LiveObstacle, Changes])[] = [
  ['domain', WORKGROUP],
  ['domain', { source: { domain: value({ joined: true, name: 'other.example', trusted: [] }) } }],
  ['processor-vendor', AMD],
  ['delegation', { source: { delegation: value({ allowedTo: [], anyProtocol: true }) } }],
  ['migration-authentication', both(CREDSSP)],
  ['migration-enabled', both(migrating({ enabled: false }))],
];

describe('the method that nobody named', () => {
  it('is live where both hosts can do it', () => {
    expect(chosenMethod(windowsSubject())).toEqual({ method: 'live' });
  });

  it.each(OBSTACLES)('is stream because of: %s', (because, changes) => {
    expect(chosenMethod(windowsSubject(changes))).toEqual({ method: 'stream', because });
  });

  it('names what lasts longest where several things are in the way', () => {
    const off = both(migrating({ enabled: false }));
    const subject = windowsSubject({ source: { ...WORKGROUP.source, ...off.source } });
    expect(chosenMethod(subject).because).toBe('domain');
  });

  it('stays live where something else stops it, and says whether a stream would go', () => {
    expect(chosenMethod(windowsSubject(CLOSED))).toEqual({ method: 'live', streamPossible: true });
    expect(chosenMethod(windowsSubject({ ...CLOSED, ...withCheckpoint }))).toEqual({
      method: 'live',
    });
  });

  it('is stream also where that must be cleared first: live would not become possible', () => {
    const subject = windowsSubject({ ...AMD, ...withCheckpoint });
    expect(chosenMethod(subject)).toEqual({ method: 'stream', because: 'processor-vendor' });
  });

  it('stays live for disks on a share and for a clustered VM', () => {
    const role = value({ group: 'VM', ownerNode: 'hv-a', possibleOwners: [] });
    const live = { method: 'live' };
    expect(chosenMethod(windowsSubject({ ...AMD, ...onShare }))).toEqual(live);
    expect(chosenMethod(windowsSubject({ ...AMD, vm: { clusterRole: role } }))).toEqual(live);
  });

  it('is what both hosts have', () => {
    const served = windowsSubject({ ...AMD, targetHost: { methods: ['live'] } });
    expect(chosenMethod(served)).toEqual({ method: 'live' });
    expect(chosenMethod(subjectOf())).toEqual({ method: 'stream' });
    const preferring = windowsSubject({ sourceHost: { methods: ['stream', 'live'] } });
    expect(chosenMethod(preferring)).toEqual({ method: 'stream' });
  });
});

describe('a method that was named', () => {
  it('is taken, without a reason', () => {
    expect(chosenMethod(windowsSubject(AMD), 'live')).toEqual({ method: 'live' });
    expect(chosenMethod(windowsSubject(), 'stream')).toEqual({ method: 'stream' });
  });

  it('is lacked by the host that does not have it: a stream needs both', () => {
    const served = windowsSubject({ targetHost: { methods: ['live'] } });
    expect([lacksMethod(served, 'stream'), lacksMethod(served, 'live')]).toEqual([
      'hv-b',
      undefined,
    ]);
    expect(lacksMethod(subjectOf({ source: hostFacts('hv-a') }), 'live')).toBe('hv-a');
  });
});

describe('the reason', () => {
  it('stands in the plan, and stays in the next one', () => {
    const subject = windowsSubject(AMD);
    const { plan } = makePlan(subject, { findings: [], ...chosenMethod(subject) });
    expect(plan).toMatchObject({ method: 'stream', because: 'processor-vendor' });
    expect(replan({ before: plan, subject, measured: {} })).toMatchObject({
      plan: { because: 'processor-vendor' },
    });
    const asked = makePlan(subject, { findings: [], ...chosenMethod(subject, 'stream') });
    expect(asked.plan).not.toHaveProperty('because');
  });
});
