import { beforeEach, describe, expect, it } from '@jest/globals';
import { openedOf } from '../../src/domain/journal.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Wish } from '../../src/slack/ports.ts';
import { textOf } from '../../src/texts/catalogue.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { codeOf, holderOf, problemOf } from './world.ts';
import { newWorld, world } from './world-of-test.ts';

const WISH: Wish = { vm: 'dc02', target: 'hv-b' };

beforeEach(() => newWorld());

const asker = { user: 'U1', channel: 'C1' };

describe('a preview', () => {
  it('shows findings, plan and estimate, and opens nothing', async () => {
    const { findings, plan, estimate } = await world.operations.preview(WISH);
    expect(plan).toMatchObject({ source: 'hv-a', target: 'hv-b', pauseSecondsMax: 60 });
    expect(estimate?.bytesPerSecond).toBe(125e6);
    expect(findings.map(({ code }) => code)).toContain('measured-link-ok');
    expect(await world.store.journal.list(10)).toEqual([]);
    expect(await holderOf(world)).toBeUndefined();
    expect(world.woken).toEqual([]);
  });

  it('plans what the proposal then opens', async () => {
    const { plan } = await world.operations.preview(WISH);
    const operation = await world.opened();
    expect(openedOf(await world.store.journal.read(operation)).plan).toEqual(plan);
  });

  it('says that another operation holds the VM, beside what the checks found', async () => {
    const operation = await world.opened();
    const { findings, plan } = await world.operations.preview(WISH);
    expect(findings[0]).toMatchObject({
      severity: 'blocker',
      code: 'vm-claimed',
      facts: { vm: 'dc02', holder: operation },
    });
    expect(findings.length).toBeGreaterThan(5);
    expect(plan).toBeUndefined();
    expect(await codeOf(world.operations.propose({ ...WISH, ...asker }))).toBe('vm-claimed');
  });

  it('shows blockers without a plan, and measures no link for them', async () => {
    const saved = vmFacts({ state: 'Saved' });
    world.looks.set('hv-a', async () => ({ host: hostFacts('hv-a', { vms: [saved] }), vm: saved }));
    let measured = 0;
    const operations = world.again({ measure: async () => ++measured });
    const { findings, plan, estimate } = await operations.preview(WISH);
    expect(findings[0]?.code).toBe('vm-state');
    expect([plan, estimate, measured]).toEqual([undefined, undefined, 0]);
  });

  it('refuses as a proposal does where there is nothing to check', async () => {
    expect(await codeOf(world.operations.preview({ ...WISH, vm: 'sql99' }))).toBe('vm-unknown');
    expect(await codeOf(world.operations.preview({ ...WISH, target: 'hv-z' }))).toBe(
      'host-unknown',
    );
    expect(await codeOf(world.operations.preview({ ...WISH, target: 'hv-a' }))).toBe('same-host');
  });
});

describe('what a person asks for', () => {
  const two = () => {
    const [first] = hostFacts('hv-b').volumes;
    if (!first) throw new Error('No volume');
    return [first, { ...first, path: 'E:' }];
  };

  it('is in the plan: volume, limit and pause', async () => {
    world.looks.set('hv-b', async () => ({ host: hostFacts('hv-b', { volumes: two() }) }));
    const asked = { ...WISH, volume: 'e:\\', bytesPerSecondMax: 10e6, pauseSecondsMax: 90 };
    const { plan, estimate } = await world.operations.preview(asked);
    expect(plan).toMatchObject({ volume: 'E:', bytesPerSecondMax: 10e6, pauseSecondsMax: 90 });
    expect(plan?.disks[0]?.targetPath).toMatch(/^E:\\ferry\\/);
    expect(estimate?.rateFrom).toBe('limit');
    // Four times what it takes under the limit, not what it would take without.
    expect(plan?.secondsMax).toBeGreaterThan((estimate?.secondsToCopy ?? 0) * 3);
    const proposed = await world.operations.propose({ ...asked, ...asker });
    const operation = 'operation' in proposed ? proposed.operation : '';
    expect(openedOf(await world.store.journal.read(operation)).plan).toEqual(plan);
  });

  it('is checked there: a full volume is a blocker though another has room', async () => {
    const [first, second] = two();
    const volumes = [first, { ...second, bytesFree: 1 }] as never;
    world.looks.set('hv-b', async () => ({ host: hostFacts('hv-b', { volumes }) }));
    const { findings } = await world.operations.preview({ ...WISH, volume: 'E:' });
    expect(findings[0]).toMatchObject({ code: 'free-space', facts: { volume: 'E:' } });
    expect((await world.operations.preview(WISH)).plan).toBeDefined();
  });

  it('names the volumes there are when there is no such one', async () => {
    const problem = await problemOf(world.operations.preview({ ...WISH, volume: 'X:' }));
    expect([problem.code, problem.facts.known]).toEqual(['volume-unknown', ['D:']]);
    expect(textOf(problem).text).toBe('hv-b has no volume X:. It has: D:.');
  });

  it('is refused in words where this version has no such method', async () => {
    const { findings, plan } = await world.operations.preview({ ...WISH, method: 'live' });
    expect(findings[0]?.code).toBe('method-unavailable');
    expect(plan).toBeUndefined();
    expect((await world.operations.preview({ ...WISH, method: 'stream' })).plan).toBeDefined();
  });
});

describe('the measured link', () => {
  const measuring = (bytesPerSecond: number) =>
    world.again({ measure: async () => bytesPerSecond }).preview(WISH);

  it('far under its nominal speed is a warning that people accept with the plan', async () => {
    const { findings, plan } = await measuring(11e6);
    const slow = findings.find(({ code }) => code === 'measured-link-slow');
    expect(slow?.severity).toBe('warning');
    expect(slow && textOf(slow).text).toBe(
      'The migration network 10.0.9.0/24 carries 88 Mbit/s, though its cards say 10 Gbit/s.',
    );
    expect(plan?.acknowledged).toContain('measured-link-slow');
  });

  it('about as fast as disks is well, whatever the cards promise', async () => {
    const { findings } = await measuring(80e6);
    expect(findings.map(({ code }) => code)).toContain('measured-link-ok');
  });

  it('that cannot be measured stops nothing, and the operation says so', async () => {
    const measure = async () => {
      throw new Problem('peer-unreachable', { host: '10.0.9.1', port: 7420, reason: 'no route' });
    };
    const operations = world.again({ measure });
    const proposed = await operations.propose({ ...WISH, ...asker });
    const operation = 'operation' in proposed ? proposed.operation : '';
    const view = await operations.view(operation);
    expect(view?.estimate?.notMeasured?.code).toBe('peer-unreachable');
    expect(view?.estimate?.nominalBitsPerSecond).toBe(10e9);
    expect(view?.plan).not.toHaveProperty('estimate');
  });
});
