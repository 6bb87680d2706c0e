import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Inspected } from '../../src/bot/looks.ts';
import { type Replanner, replanner } from '../../src/bot/replan.ts';
import { look } from '../../src/bot/requests.ts';
import { migrationOf } from '../../src/domain/journal.ts';
import { Problem, type ProblemRecord } from '../../src/domain/problem.ts';
import { configurationFingerprint, type VmFacts } from '../../src/domain/vm.ts';
import { hostFacts, vmFacts } from '../preflight/facts.ts';
import { failed, stepsBefore } from './stories.ts';
import { codeOf, dc02, kindsOf } from './world.ts';
import { newOperation, operation, planHash, read, world } from './world-of-test.ts';

/** The VM as its host shows it now. */
let vm: VmFacts | undefined;
let looks: string[] = [];
let failures: unknown[] = [];
let bot: Replanner;
beforeEach(async () => {
  await newOperation();
  vm = vmFacts({ processors: 4 });
  looks = [];
  failures = [];
  bot = replannerWith(async (host) => {
    return host === 'hv-a' && vm
      ? { host: hostFacts(host, { vms: [vm] }), vm }
      : { host: hostFacts(host) };
  });
});

function replannerWith(answer: (host: string) => Promise<Inspected>): Replanner {
  return replanner({
    ...world.options,
    lookAgain: async (host, of) => {
      looks.push(`${host} ${of.vmId} ${of.operation}`);
      return await answer(host);
    },
    onFailure: (_, error) => failures.push(error),
  });
}

const RECONFIGURED = { code: 'vm-reconfigured', facts: { vm: 'dc02' } };

async function asksAgain(why: ProblemRecord = RECONFIGURED): Promise<void> {
  const before = stepsBefore('recheck', planHash);
  await world.write(operation, [...before, ...failed('recheck', 'ask again', why)]);
}

async function consider(): Promise<void> {
  bot.consider(operation, await look(world.options, operation));
  // Once more, as the next second would: one look is enough.
  bot.consider(operation, await look(world.options, operation));
  await bot.ended();
}

const approve = (hash: string) =>
  world.operations.approve(operation, { user: 'U1', planHash: hash });

describe('a migration that asks for what cannot be any more', () => {
  it('takes no approval, until the bot has looked again and asks for another plan', async () => {
    await asksAgain();
    expect(await codeOf(approve(planHash))).toBe('plan-not-current');
    await consider();
    expect(looks).toEqual([`hv-a ${dc02.id} ${operation}`, `hv-b ${dc02.id} ${operation}`]);
    expect(kindsOf(await read()).filter((kind) => kind === 'replanned')).toHaveLength(1);
    expect(world.woken).toContain(operation);
    const view = await world.operations.view(operation);
    if (!view || !vm) throw new Error('No view');
    expect(view.plan).toMatchObject({ configuration: configurationFingerprint(vm) });
    expect(view.planBefore?.configuration).toBe(configurationFingerprint(dc02));
    expect([view.state.kind, view.planHash === planHash]).toEqual(['asking', false]);
    expect(await codeOf(approve(planHash))).toBe('plan-not-current');
    expect(await approve(view.planHash)).toBe('approved');
    expect((await world.operations.view(operation))?.planBefore).toBeUndefined();
  });

  it('keeps what people wished for, and the findings of other checks', async () => {
    const stays = { check: 'measured-link', severity: 'ok', code: 'measured-link-ok', facts: {} };
    await world.store.records.put(`findings/${operation}`, [stays]);
    await asksAgain();
    const before = migrationOf(await read()).plan;
    await consider();
    const after = migrationOf(await read()).plan;
    expect(after).toEqual({ ...before, configuration: after.configuration });
    const view = await world.operations.view(operation);
    expect(view?.findings).toContainEqual(stays);
    expect(view?.findings.length).toBeGreaterThan(3);
  });

  it('asks for a longer pause with a margin where the guest writes too much', async () => {
    vm = dc02;
    const facts = { vm: 'dc02', seconds: 105, secondsMax: 60 };
    await asksAgain({ code: 'pause-beyond-plan', facts });
    await consider();
    expect(migrationOf(await read()).plan.pauseSecondsMax).toBe(158);
  });

  it('asks anew for the same plan where the change was undone', async () => {
    vm = dc02;
    await asksAgain();
    await consider();
    const view = await world.operations.view(operation);
    expect(view?.planHash).toBe(planHash);
    expect(await approve(planHash)).toBe('approved');
  });

  it('says that it must be cancelled where the disks are others, and goes on when they are back', async () => {
    const [disk] = dc02.disks;
    if (!disk) throw new Error('No disk');
    vm = vmFacts({ disks: [disk, { ...disk, id: 'SCSI 0:1' }] });
    await asksAgain();
    await consider();
    expect(kindsOf(await read())).not.toContain('replanned');
    const view = await world.operations.view(operation);
    const why = { code: 'replan-other-disks', facts: { vm: 'dc02', disks: ['SCSI 0:1'] } };
    expect(view?.state).toMatchObject({ kind: 'needs a person', why });
    expect(view?.alerts.at(-1)).toMatchObject({ cause: why, offers: ['cancel'] });
    vm = dc02;
    await consider();
    expect((await world.operations.view(operation))?.state.kind).toBe('asking');
  });

  it('names the blocker that stands in the way of another plan', async () => {
    vm = vmFacts({ adapters: [{ name: 'LAN', mac: '00155D000001', switch: 'Office' }] });
    await asksAgain();
    await consider();
    const view = await world.operations.view(operation);
    expect(view?.state).toMatchObject({ kind: 'needs a person', why: { code: 'virtual-switch' } });
    await world.operations.cancel(operation, 'U7');
    await consider();
    expect((await world.operations.view(operation))?.state.kind).toBe('rolling back');
  });

  it('is tried again where a host is silent', async () => {
    await asksAgain();
    bot = replannerWith(async (host) => {
      throw new Problem('worker-silent', { queue: host, timeoutSeconds: 10 });
    });
    await consider();
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) expect(String(failure)).toContain('worker-silent');
    expect(kindsOf(await read())).not.toContain('replanned');
    expect((await world.operations.view(operation))?.state.kind).toBe('asking');
  });

  it('is not planned anew where somebody took it back meanwhile', async () => {
    await asksAgain();
    bot = replannerWith(async (host) => {
      await world.operations.cancel(operation, 'U7');
      return { host: hostFacts(host), ...(vm ? { vm } : {}) };
    });
    await consider();
    expect(kindsOf(await read())).not.toContain('replanned');
    expect(failures).toEqual([]);
  });
});

it('nobody is looked at while the plan can hold', async () => {
  await world.write(operation, stepsBefore('catchUp'));
  await consider();
  expect(looks).toEqual([]);
  expect(await approve(planHash)).toBe('approved');
});
