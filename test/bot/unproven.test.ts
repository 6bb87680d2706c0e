/** The method and the administrator, from the wish to the approval, of two Hyper-V hosts. */

import { beforeEach, describe, expect, it } from '@jest/globals';
import { needsAdministrator } from '../../src/domain/approvers.ts';
import { migrationOf } from '../../src/domain/journal.ts';
import type { ProposeRequest } from '../../src/slack/ports.ts';
import { type Changes, reachFacts, value, windowsSubject } from '../preflight/windows.ts';
import { stepsBefore } from './stories.ts';
import { codeOf } from './world.ts';
import { newWorld, world } from './world-of-test.ts';

const WISH: ProposeRequest = { vm: 'dc02', target: 'hv-b', user: 'UASKS', channel: 'C1' };

beforeEach(() => newWorld({ approversNeeded: 2 }));

const windows = (changes: Changes = {}) => {
  const { vm, source, target } = windowsSubject(changes);
  world.looks.set('hv-a', async () => ({ host: { ...source, vms: [vm] }, vm }));
  world.looks.set('hv-b', async () => ({ host: target }));
};
const proposed = async (wish: Partial<ProposeRequest> = {}): Promise<string> => {
  const answer = await world.operations.propose({ ...WISH, ...wish });
  if ('operation' in answer) return answer.operation;
  throw new Error(`Refused: ${JSON.stringify(answer.refused)}`);
};
const opened = async (operation: string) => migrationOf(await world.store.journal.read(operation));
const apart: Changes = {
  target: { domain: value({ joined: false, name: 'WORKGROUP', trusted: [] }) },
};

describe('hosts that have both methods', () => {
  it('move live, by the list of live moves, without an administrator', async () => {
    windows();
    const { list, plan } = await opened(await proposed());
    expect([list, plan.method, needsAdministrator(plan)]).toEqual(['live@1', 'live', false]);
    expect(plan).not.toHaveProperty('because');
  });

  it('stream where they have no domain in common, and the plan says why', async () => {
    windows(apart);
    const { list, plan } = await opened(await proposed());
    expect([list, plan.method, plan.because]).toEqual(['stream@1', 'stream', 'domain']);
    expect(plan.stop).toBe('clean shutdown');
  });

  it('do what was asked for by name', async () => {
    windows(apart);
    const answer = await world.operations.preview({ ...WISH, method: 'live' });
    expect(answer.findings[0]).toMatchObject({ check: 'domain', severity: 'blocker' });
    expect(answer.plan).toBeUndefined();
    windows();
    const asked = await opened(await proposed({ method: 'stream' }));
    expect([asked.list, asked.plan.because]).toEqual(['stream@1', undefined]);
  });

  it('say that a stream would go where something else stops the live move', async () => {
    windows({ source: { reach: reachFacts('hv-a', { migrationPort: value(false) }) } });
    const { findings, plan } = await world.operations.preview(WISH);
    const codes = findings.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['ports', 'stream-possible']));
    expect(plan).toBeUndefined();
  });

  it('are both asked for a stream', async () => {
    windows({ targetHost: { methods: ['live'] } });
    const { findings } = await world.operations.preview({ ...WISH, method: 'stream' });
    expect(findings[0]).toMatchObject({
      code: 'method-unavailable',
      facts: { host: 'hv-b', method: 'stream' },
    });
  });
});

describe('a stream of Hyper-V hosts', () => {
  it('is approved only with an administrator among those who approve', async () => {
    windows();
    const operation = await proposed({ method: 'stream' });
    await world.write(operation, stepsBefore('catchUp'));
    const { planHash } = (await world.operations.view(operation)) ?? { planHash: '' };
    const approve = (user: string, administrators: readonly string[] = ['UADMIN']) =>
      world.operations.approve(operation, { user, planHash, administrators });
    expect(await approve('U1')).toEqual({ waitingFor: 1 });
    const both = await Promise.all([codeOf(approve('U2')), codeOf(approve('U3', []))]);
    expect(both).toEqual(['administrator-needed', 'administrator-needed']);
    expect((await world.operations.view(operation))?.approvals.users).toEqual(['U1']);
    expect(await approve('UADMIN')).toBe('approved');
  });
});
