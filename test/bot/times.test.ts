import { beforeEach, describe, expect, it } from '@jest/globals';
import { toldOf } from '../../src/bot/fleet/maintenance.ts';
import { migrationOf } from '../../src/domain/journal.ts';
import { scheduledAnswer } from '../../src/slack/views/scheduled.ts';
import { english } from '../../src/texts/words.ts';
import { hostFacts } from '../preflight/facts.ts';
import { stepsBefore } from './stories.ts';
import { codeOf, dc02 } from './world.ts';
import { newWorld, world } from './world-of-test.ts';

const HOUR = 3_600_000;
const WISH = { vm: 'dc02', target: 'hv-b', user: 'UASKS', channel: 'C1' };
const HOURS = { zone: 'Europe/Rome', from: '22:00', to: '05:00' };

beforeEach(async () => {
  await newWorld();
  world.looks.set('hv-a', async () => ({ host: hostFacts('hv-a', { vms: [dc02] }), vm: dc02 }));
});

const again = () => world.again({ toldOf: toldOf(world.options) });
async function planOf(wish: object = {}) {
  const answer = await again().propose({ ...WISH, ...wish });
  if (!('operation' in answer)) throw new Error(JSON.stringify(answer.refused));
  const { operation } = answer;
  const { plan, planHash } = migrationOf(await world.store.journal.read(operation));
  return { operation, plan, planHash };
}

describe('times of a move', () => {
  it('are in its plan, and its approval holds until an hour after them', async () => {
    const now = await world.store.journal.now();
    const cutoverAt = Math.trunc(now) + 8 * HOUR;
    const { operation, plan, planHash } = await planOf({ cutoverAt });
    expect(plan).toMatchObject({ cutoverAt });
    await world.write(operation, stepsBefore('catchUp'));
    await world.operations.approve(operation, { user: 'UAPPROVES', planHash });
    const approval = (await world.store.journal.read(operation)).at(-1)?.body;
    expect(approval).toMatchObject({ kind: 'approved', expiresAt: cutoverAt + HOUR });
    const view = await world.operations.view(operation);
    expect(view?.state).toMatchObject({ kind: 'waiting', until: cutoverAt });
    const views = await world.operations.openViews();
    const { text } = scheduledAnswer({ views, orders: [], now }, english);
    expect(text).toContain(`${operation}, Move dc02 from hv-a to hv-b; cutover on <!date^`);
  });

  it('of its beginning alone are waited for before anything is done', async () => {
    const startAt = Math.trunc(await world.store.journal.now()) + HOUR;
    const { operation, plan } = await planOf({ startAt });
    expect(plan).toMatchObject({ startAt });
    expect((await world.operations.view(operation))?.state).toMatchObject({
      ...{ kind: 'waiting', until: startAt },
    });
    expect(await world.operations.cancel('dc02', 'U1')).toBeUndefined();
  });

  it('of a VM that is off, which has nothing to copy meanwhile, are those of its cutover', async () => {
    const off = { ...dc02, state: 'Off' } as const;
    world.looks.set('hv-a', async () => ({ host: hostFacts('hv-a', { vms: [off] }), vm: off }));
    const startAt = Math.trunc(await world.store.journal.now()) + HOUR;
    const { plan } = await planOf({ startAt });
    expect([plan.startAt, plan.cutoverAt]).toEqual([undefined, startAt]);
  });
});

describe('hours of a host', () => {
  it('are in the plans that are made from then on, and shown with the host', async () => {
    const operations = again();
    await operations.setWindow({ host: 'HV-B', hours: HOURS, user: 'U1' });
    expect(await operations.windows()).toEqual([{ ...HOURS, host: 'hv-b' }]);
    expect((await operations.hosts())[1]?.window).toEqual({ ...HOURS, host: 'hv-b' });
    expect((await planOf()).plan.windows).toEqual([{ ...HOURS, host: 'hv-b' }]);
    await operations.setWindow({ host: 'hv-b', user: 'U1' });
    expect(await operations.windows()).toEqual([]);
    expect(await codeOf(operations.setWindow({ host: 'hv-x', user: 'U1' }))).toBe('host-unknown');
  });

  it('that never meet stop the plan, with a word', async () => {
    const operations = again();
    await operations.setWindow({ host: 'hv-a', hours: HOURS, user: 'U1' });
    const noon = { ...HOURS, from: '12:00', to: '13:00' };
    await operations.setWindow({ host: 'hv-b', hours: noon, user: 'U1' });
    const answer = await operations.propose(WISH);
    expect(answer).toMatchObject({
      refused: expect.arrayContaining([
        expect.objectContaining({ code: 'windows-meet', severity: 'blocker' }),
      ]),
    });
  });

  it('that somebody else wrote into the store are not obeyed', async () => {
    const heard: string[] = [];
    const onForged = ({ code }: { code: string }) => void heard.push(code);
    await world.options.records.put('windows/hv-b', { host: 'hv-b', ...HOURS });
    const operations = world.again({ toldOf: toldOf({ ...world.options, onForged }) });
    expect((await operations.hosts())[1]?.window).toBeUndefined();
    expect(heard.length).toBeGreaterThan(0);
  });
});
