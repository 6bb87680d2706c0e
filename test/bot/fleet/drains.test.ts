import { beforeEach, describe, expect, it } from '@jest/globals';
import { type DrainKeeping, tendDrains } from '../../../src/bot/fleet/drain-keeper.ts';
import { toldOf } from '../../../src/bot/fleet/maintenance.ts';
import { drainClaim } from '../../../src/domain/drain.ts';
import { migrationOf, vmClaim } from '../../../src/domain/journal.ts';
import { planHash } from '../../../src/domain/plan.ts';
import type { VmFacts } from '../../../src/domain/vm.ts';
import { ASKED_SECONDS_MAX } from '../../../src/fleet/drain.ts';
import type { DrainView } from '../../../src/slack/views/drain-view.ts';
import { GIB, hostFacts, vmFacts } from '../../preflight/facts.ts';
import { bot, done, failed, stepsBefore } from '../stories.ts';
import { codeOf, enrol, type HostName, kindsOf } from '../world.ts';
import { newWorld, world } from '../world-of-test.ts';

const ASKED = { host: 'HV-A', user: 'UASKS', channel: 'C1' };
const APPROVAL = { user: 'UAPPROVES' };

const vm = (name: string, changes: Partial<VmFacts> = {}): VmFacts =>
  vmFacts({ id: `id-${name}`, name, ...changes });
const small = vm('small', { disks: vmFacts().disks.map((one) => ({ ...one, fileBytes: GIB })) });
const large = vm('large');
const dc = vm('dc', { domainController: true });
const saved = vm('saved', { state: 'Saved' });

/** What each host has now. */
function now(on: Partial<Record<HostName, readonly VmFacts[]>>): void {
  for (const host of ['hv-a', 'hv-b', 'hv-c'] as const) {
    const vms = on[host] ?? [];
    world.looks.set(host, async (name) => {
      const found = vms.find((one) => one.name === name);
      return { host: hostFacts(host, { vms }), ...(found ? { vm: found } : {}) };
    });
  }
}

beforeEach(async () => {
  await newWorld();
  now({ 'hv-a': [large, small, dc, saved] });
});

const keeping = (changes: Partial<DrainKeeping> = {}): DrainKeeping => ({
  ...world.options,
  log: {
    warn: (facts: unknown) => {
      throw new Error(JSON.stringify(facts));
    },
  },
  ...changes,
});
const tend = (changes?: Partial<DrainKeeping>) => tendDrains(keeping(changes));
const read = (operation: string) => world.store.journal.read(operation);

async function viewOf(operation: string): Promise<DrainView> {
  const view = (await world.operations.drains()).find((one) => one.operation === operation);
  if (!view) throw new Error(`No drain ${operation}`);
  return view;
}

async function approved(operation: string): Promise<void> {
  const { planHash } = await viewOf(operation);
  expect(await world.operations.approve(operation, { ...APPROVAL, planHash })).toBe('approved');
  await tend();
}

const memberOf = async (operation: string, name: string): Promise<string> => {
  const row = (await viewOf(operation)).rows.find((one) => one.vm.name === name);
  return row?.member ?? '';
};
const statesOf = async (operation: string): Promise<Record<string, string>> =>
  Object.fromEntries((await viewOf(operation)).rows.map((row) => [row.vm.name, row.state]));

/** Both workers bring it to the question. */
async function asking(member: string): Promise<void> {
  await world.write(member, stepsBefore('catchUp'));
}

/** Both workers bring it to its end. */
async function ended(member: string, outcome: 'migrated' | 'rolled back'): Promise<void> {
  const { plan, planHash } = migrationOf(await read(member));
  const [home, steps] =
    outcome === 'migrated'
      ? (['target', [...stepsBefore('retireSource', planHash), ...done('retireSource')]] as const)
      : ([
          'source',
          [bot({ kind: 'cancelled', by: 'U1' }), ...done('trackChanges', {}, 'undo')],
        ] as const);
  const over = [bot({ kind: 'settled', home }), bot({ kind: 'closed', outcome })];
  await world.write(member, [...steps, ...over], { release: [vmClaim(plan.vm.id)] });
  await tend();
}

/** All that moves is moved, whatever begins next. */
async function movedAll(operation: string): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    for (const row of (await viewOf(operation)).rows) {
      if (row.member && row.state === 'runs') await ended(row.member, 'migrated');
    }
  }
}

describe('a drain', () => {
  it('plans all that can go in its order, and says why the rest stays', async () => {
    const { plan, rows, state } = await viewOf(await world.operations.drain(ASKED));
    expect(state).toBe('asking');
    expect(plan.moves.map((move) => [move.plan.vm.name, move.plan.target, move.group])).toEqual([
      ['small', 'hv-b', 0],
      ['large', 'hv-b', 0],
      ['dc', 'hv-b', 1],
    ]);
    expect(plan.atOnce).toBe(2);
    expect(rows.at(-1)).toMatchObject({
      vm: { name: 'saved' },
      state: 'stays',
      why: { code: 'vm-state' },
    });
  });

  it('counts what the others take, and says what could be left off', async () => {
    world.looks.set('hv-b', async () => ({
      host: hostFacts('hv-b', { memoryBytesFree: 12 * GIB }),
    }));
    const { rows } = await viewOf(await world.operations.drain(ASKED));
    const why = rows.filter(({ state }) => state === 'stays').map((row) => row.why?.code);
    expect(why.toSorted()).toEqual(['drain-no-room', 'vm-state']);
  });

  it('moves nothing before it is approved, and ends without an approval', async () => {
    const operation = await world.operations.drain(ASKED);
    await tend();
    expect(kindsOf(await read(operation))).toEqual(['opened']);
    const late = (await world.store.journal.now()) + ASKED_SECONDS_MAX * 1000;
    const store = { ...world.store.journal, now: async () => late };
    await tend({ store });
    await tend({ store });
    expect(kindsOf(await read(operation))).toEqual(['opened', 'expired', 'closed']);
    expect(await world.store.journal.holder(drainClaim('hv-a'))).toBeUndefined();
    expect((await world.operations.hosts())[0]?.maintenance).toBeUndefined();
  });

  it('begins its moves as ordinary migrations with the approved plans, so many at once', async () => {
    const operation = await world.operations.drain(ASKED);
    await approved(operation);
    expect(await statesOf(operation)).toMatchObject({ small: 'runs', large: 'runs', dc: 'waits' });
    const opened = migrationOf(await read(await memberOf(operation, 'small')));
    const { plan } = await viewOf(operation);
    expect(opened).toMatchObject({ parent: operation, requestedBy: 'UASKS' });
    expect(opened.planHash).toBe(plan.moves[0]?.planHash);
    await tend();
    expect(kindsOf(await read(operation)).filter((kind) => kind === 'member')).toHaveLength(2);
  });

  it('begins none while others take all the moves that the target allows', async () => {
    const operation = await world.operations.drain(ASKED);
    const free = world.looks.get('hv-b');
    world.looks.set('hv-b', async () => {
      const { slotsMax } = hostFacts('hv-b');
      return { host: hostFacts('hv-b', { slotsUsed: slotsMax }) };
    });
    await approved(operation);
    await tend();
    expect(await statesOf(operation)).toMatchObject({ small: 'waits', large: 'waits' });
    if (free) world.looks.set('hv-b', free);
    await tend();
    expect(await statesOf(operation)).toMatchObject({ small: 'runs', large: 'runs' });
  });

  it('approves each once, in the name of those who approved the drain', async () => {
    const operation = await world.operations.drain(ASKED);
    await approved(operation);
    const member = await memberOf(operation, 'small');
    await asking(member);
    await tend();
    await tend();
    const approvals = (await read(member)).filter(({ body }) => body.kind === 'approved');
    expect(approvals.map(({ body }) => body)).toMatchObject([{ users: ['UAPPROVES'] }]);
    expect(world.woken).toContain(member);
  });

  it('leaves to people what asks for another plan, and what asks again', async () => {
    const operation = await world.operations.drain(ASKED);
    await approved(operation);
    const [other, again] = [await memberOf(operation, 'small'), await memberOf(operation, 'large')];
    const { plan } = migrationOf(await read(other));
    const changed = { ...plan, pauseSecondsMax: plan.pauseSecondsMax + 1 };
    await asking(other);
    await world.write(other, [
      bot({ kind: 'replanned', plan: changed, planHash: planHash(changed) }),
    ]);
    await asking(again);
    await tend();
    expect(kindsOf(await read(other))).not.toContain('approved');
    const problem = { code: 'disks-changed', facts: {} };
    await world.write(again, [...done('catchUp'), ...failed('recheck', 'ask again', problem)]);
    await tend();
    const approvals = (await read(again)).filter(({ body }) => body.kind === 'approved');
    expect(approvals).toHaveLength(1);
    expect(await statesOf(operation)).toMatchObject({ small: 'runs', large: 'runs', dc: 'waits' });
  });

  it('that is cancelled before anything began leaves nothing to return', async () => {
    const operation = await world.operations.drain(ASKED);
    const { planHash: hash } = await viewOf(operation);
    await world.operations.approve(operation, { ...APPROVAL, planHash: hash });
    await world.operations.cancel(operation, 'U1');
    await tend();
    expect(await viewOf(operation)).toMatchObject({ state: 'cancelled' });
    expect(await codeOf(world.operations.bringBack(ASKED))).toBe('return-nothing');
  });

  it('begins the next once the hosts have tidied up after the one before', async () => {
    const operation = await world.operations.drain(ASKED);
    await approved(operation);
    const { planHash } = (await viewOf(operation)).plan.moves[1] ?? {};
    await world.write(await memberOf(operation, 'large'), stepsBefore('retireSource', planHash));
    await ended(await memberOf(operation, 'small'), 'migrated');
    expect(await statesOf(operation)).toMatchObject({ large: 'runs', dc: 'waits' });
  });

  it('goes on after one that was rolled back, and tells which is left', async () => {
    const operation = await world.operations.drain(ASKED);
    await approved(operation);
    await ended(await memberOf(operation, 'small'), 'rolled back');
    expect(await statesOf(operation)).toMatchObject({ small: 'failed', dc: 'waits' });
    await movedAll(operation);
    expect(await viewOf(operation)).toMatchObject({ state: 'drained' });
    expect(await statesOf(operation)).toEqual({
      ...{ small: 'failed', large: 'moved', dc: 'moved', saved: 'stays' },
    });
  });

  it('leaves a VM that somebody else moves by now', async () => {
    const operation = await world.operations.drain(ASKED);
    const wish = { vm: 'small', target: 'hv-b', user: 'U1', channel: 'C1' };
    await world.operations.propose(wish);
    await approved(operation);
    const row = (await viewOf(operation)).rows.find((one) => one.vm.name === 'small');
    expect(row).toMatchObject({ state: 'failed', why: { code: 'vm-claimed' } });
  });

  it('finishes a move that it had named when the bot died', async () => {
    const operation = await world.operations.drain(ASKED);
    const { planHash } = await viewOf(operation);
    await world.operations.approve(operation, { ...APPROVAL, planHash });
    const dying = async () => {
      throw new Error('The bot died');
    };
    await expect(tend({ hosts: dying })).rejects.toThrow('died');
    expect(await statesOf(operation)).toMatchObject({ small: 'not opened' });
    const member = await memberOf(operation, 'small');
    await tend();
    expect(await memberOf(operation, 'small')).toBe(member);
    expect(migrationOf(await read(member)).parent).toBe(operation);
  });

  it('rests between VMs while it is paused, and ends where it is cancelled', async () => {
    const operation = await world.operations.drain(ASKED);
    await approved(operation);
    await world.operations.pause('hv-a', 'U1');
    await ended(await memberOf(operation, 'small'), 'migrated');
    await ended(await memberOf(operation, 'large'), 'migrated');
    expect(await viewOf(operation)).toMatchObject({ state: 'paused' });
    expect(await statesOf(operation)).toMatchObject({ dc: 'waits' });
    await world.operations.cancel(operation, 'U1');
    await tend();
    expect(await viewOf(operation)).toMatchObject({ state: 'cancelled', cancelledBy: 'U1' });
    expect(await statesOf(operation)).toMatchObject({ dc: 'not begun' });
    expect(await codeOf(world.operations.resume(operation, 'U1'))).toBe('drain-over');
    expect((await world.operations.history('hv-a'))[0]).toMatchObject({
      ...{ operation, kind: 'drain', outcome: 'cancelled', approvedBy: ['UAPPROVES'] },
    });
  });
});

describe('what a drain is refused for', () => {
  it('the host that carries the bot or the store', async () => {
    const standing = (changes: object) =>
      world.again({ standing: async () => ({ name: 'x', bot: [], store: [], ...changes }) });
    const refused = (changes: object) => codeOf(standing(changes).drain(ASKED));
    expect(await refused({ name: 'HV-A.local' })).toBe('drain-carries-ferry');
    expect(await refused({ bot: ['10.0.9.1'] })).toBe('drain-carries-ferry');
    const guest = vm('server', { guest: { heartbeat: true, addresses: ['10.0.1.5'] } });
    now({ 'hv-a': [guest] });
    expect(await refused({ store: ['10.0.1.5'] })).toBe('drain-carries-ferry');
    expect(await standing({ store: ['10.0.1.6'] }).drain(ASKED)).toMatch(/^d\d+$/);
  });

  it('a host that is being drained, is empty, or is its own target', async () => {
    await world.operations.drain(ASKED);
    expect(await codeOf(world.operations.drain(ASKED))).toBe('drain-claimed');
    expect(await codeOf(world.operations.drain({ ...ASKED, host: 'hv-b' }))).toBe('drain-nothing');
    expect(await codeOf(world.operations.drain({ ...ASKED, host: 'hv-b', target: 'hv-b' }))).toBe(
      'drain-onto-itself',
    );
    expect(await codeOf(world.operations.bringBack(ASKED))).toBe('drain-claimed');
    expect(await codeOf(world.operations.bringBack({ ...ASKED, host: 'hv-b' }))).toBe(
      'return-nothing',
    );
  });
});

describe('a host in maintenance', () => {
  const drained = async (): Promise<string> => {
    const operation = await world.operations.drain(ASKED);
    await approved(operation);
    await movedAll(operation);
    now({ 'hv-a': [saved], 'hv-b': [large, small, dc] });
    return operation;
  };
  const watching = () => world.again({ toldOf: toldOf(world.options) });

  it('takes nothing, and is shown as such', async () => {
    const operation = await drained();
    const operations = watching();
    expect((await operations.hosts())[0]?.maintenance).toBe(operation);
    const wish = { vm: 'small', target: 'hv-a', user: 'U1', channel: 'C1' };
    const proposed = await operations.propose(wish);
    expect('refused' in proposed && proposed.refused).toMatchObject({
      0: { severity: 'blocker', code: 'host-in-maintenance', facts: { operation } },
    });
  });

  it('gets back what was moved, backwards, and is in maintenance no more', async () => {
    await drained();
    const operations = watching();
    const back = await operations.bringBack(ASKED);
    const { plan } = await viewOf(back);
    expect(plan.moves.map((move) => [move.plan.vm.name, move.plan.target, move.group])).toEqual([
      ['dc', 'hv-a', 0],
      ['large', 'hv-a', 1],
      ['small', 'hv-a', 1],
    ]);
    await approved(back);
    await movedAll(back);
    expect(await viewOf(back)).toMatchObject({ state: 'returned' });
    expect((await operations.hosts())[0]?.maintenance).toBeUndefined();
    expect(await codeOf(operations.bringBack(ASKED))).toBe('return-nothing');
  });

  it('is told of what is elsewhere by now, or gone, and remembers it', async () => {
    await enrol(world, 'hv-c');
    const operation = await world.operations.drain({ ...ASKED, target: 'hv-b' });
    await approved(operation);
    await movedAll(operation);
    now({ 'hv-b': [large], 'hv-c': [small] });
    const operations = watching();
    const back = await operations.bringBack(ASKED);
    const { plan } = await viewOf(back);
    expect(plan.moves.map((move) => move.plan.vm.name)).toEqual(['large']);
    expect(plan.stays.map(({ vm: one, why }) => [one.name, why.code]).toSorted()).toEqual([
      ['dc', 'return-gone'],
      ['small', 'return-elsewhere'],
    ]);
    await approved(back);
    await movedAll(back);
    expect((await operations.hosts())[0]?.maintenance).toBeUndefined();
    now({ 'hv-b': [dc] });
    const again = await viewOf(await operations.bringBack(ASKED));
    expect(again.plan.moves.map((move) => move.plan.vm.name)).toEqual(['dc']);
  });
});
