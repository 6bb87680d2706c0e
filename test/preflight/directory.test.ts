import { describe, expect, it } from '@jest/globals';
import type { DependencyFacts, HyperVHostFacts } from '../../src/domain/hyperv.ts';
import { isDomainController } from '../../src/preflight/directory.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import { subjectOf, vmFacts } from './facts.ts';
import { type Changes, DENIED, hyperVHost, value, windowsSubject } from './windows.ts';

const OWN = '192.168.1.50';
const servers = (of: DependencyFacts['domainControllers']): Partial<HyperVHostFacts> => ({
  dependencies: { ...hyperVHost('hv-a').dependencies, domainControllers: of },
});

describe('a domain controller', () => {
  it('is what its host says to be one, and its plan says so', () => {
    const subject = subjectOf({ vm: vmFacts({ domainController: true }) });
    expect(isDomainController(subject)).toBe(true);
    expect(makePlan(subject, { findings: [] }).plan.domainController).toBe(true);
    const other = subjectOf();
    expect(isDomainController(other)).toBe(false);
    expect(makePlan(other, { findings: [] }).plan).not.toHaveProperty('domainController');
  });

  it.each<[string, boolean, Changes]>([
    [
      'one of those at which its host signs in',
      true,
      { source: servers(value(['10.0.0.9', OWN])) },
    ],
    ['one of those at which the other host signs in', true, { target: servers(value([OWN])) }],
    ['none of them', false, { source: servers(value(['10.0.0.9'])) }],
    ['not known to be one', false, { source: servers(DENIED) }],
    [
      'without an address',
      false,
      { source: servers(value([OWN])), vmItself: { guest: { heartbeat: true, addresses: [] } } },
    ],
  ])('at an address that is %s: %s', (_name, expected, changes) => {
    expect(isDomainController(windowsSubject(changes))).toBe(expected);
  });
});
