/** What two Hyper-V hosts are asked about each other. */

import { describe, expect, it } from '@jest/globals';
import { lookAcross } from '../../src/bot/looks.ts';
import type { ReachFacts, Towards } from '../../src/domain/hyperv.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Subject } from '../../src/preflight/check.ts';
import { runChecks } from '../../src/preflight/checks.ts';
import { towardsOf } from '../../src/preflight/reach.ts';
import { reached } from '../../src/worker/reach.ts';
import { hostFacts } from './facts.ts';
import { reachFacts, windowsSubject } from './windows.ts';

/** Nobody has looked yet. */
function unseen(): Subject {
  const subject = windowsSubject();
  const { reach: _, ...source } =
    subject.source.hyperv ?? windowsSubject().source.hyperv ?? never();
  const { reach: __, ...target } = subject.target.hyperv ?? never();
  return {
    ...subject,
    source: { ...subject.source, hyperv: source },
    target: { ...subject.target, hyperv: target },
  };
}

const codes = (subject: Subject): string[] =>
  runChecks(subject, { method: 'live', phase: 'recheck' }).map(({ code }) => code);

const never = (): never => {
  throw new Error('no Windows');
};

describe('the question to a Hyper-V host about another one', () => {
  it('names it by both names, and by its address in the network that both share', () => {
    const { source, target } = windowsSubject();
    const shared = target.networks.find(({ subnet }) => subnet === source.networks[0]?.subnet);
    expect(towardsOf(source, target)).toEqual({
      host: 'hv-b',
      shortName: 'hv-b',
      fullName: 'hv-b.corp.example',
      address: shared?.address,
    });
    expect(towardsOf(source, { ...target, networks: [] })?.address).toBe('hv-b.corp.example');
  });

  it('is not asked where one of them is simulated', () => {
    const { source, target } = windowsSubject();
    expect(towardsOf(source, hostFacts('hv-b'))).toBeUndefined();
    expect(towardsOf(hostFacts('hv-a'), target)).toBeUndefined();
  });

  it('goes to both for a plan, and each answer to the host that gave it', async () => {
    const asked: (readonly [string, string])[] = [];
    const inspectTowards = async (host: string, towards: Towards): Promise<ReachFacts> => {
      asked.push([host, towards.fullName]);
      return reachFacts(host);
    };
    const subject = await lookAcross({ inspectTowards }, unseen());
    expect(asked.toSorted()).toEqual([
      ['hv-a', 'hv-b.corp.example'],
      ['hv-b', 'hv-a.corp.example'],
    ]);
    expect(subject.source.hyperv?.reach).toEqual(reachFacts('hv-a'));
    expect(subject.target.hyperv?.reach).toEqual(reachFacts('hv-b'));
    expect(codes(subject)).toContain('ports-ok');
  });

  it('leaves unknown what a worker does not answer', async () => {
    const silent = async (host: string): Promise<ReachFacts> => {
      throw new Problem('worker-silent', { host });
    };
    const subject = await lookAcross({ inspectTowards: silent }, unseen());
    expect(subject.source.hyperv).not.toHaveProperty('reach');
    expect(codes(subject)).toContain('ports-unknown');
  });

  it('goes to the source alone right before the move, and what the target saw is not asked again', async () => {
    const host = { reach: async () => reachFacts('hv-a', { smbPort: { value: false } }) };
    expect(codes(await reached(host, unseen()))).toContain('ports');
    const open = { reach: async () => reachFacts('hv-a') };
    expect(codes(await reached(open, unseen()))).toContain('ports-ok');
    const failing = { reach: () => Promise.reject(new Problem('powershell-died', {})) };
    expect(codes(await reached(failing, unseen()))).toContain('ports-unknown');
    expect(await reached({}, unseen())).toEqual(unseen());
  });
});
