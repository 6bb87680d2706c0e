import { beforeEach, describe, expect, it } from '@jest/globals';
import { cancelling, limiting, request } from '../../src/bot/requests.ts';
import { migrationOf } from '../../src/domain/journal.ts';
import { switchesOf } from '../../src/domain/plan.ts';
import type { Facts } from '../../src/domain/problem.ts';
import { hostFacts } from '../preflight/facts.ts';
import type { Written } from '../trust/journal-fixture.ts';
import { codeOf, dc02 } from './world.ts';
import { newWorld, world } from './world-of-test.ts';

const WISH = { vm: 'dc02', target: 'hv-b', user: 'UASKS', channel: 'C1' };

beforeEach(async () => {
  await newWorld();
  world.looks.set('hv-a', async () => ({
    host: hostFacts('hv-a', { vms: [dc02], methods: ['live'] }),
    vm: dc02,
  }));
});

async function proposed(wish: object = {}): Promise<string> {
  const answer = await world.operations.propose({ ...WISH, ...wish });
  if ('operation' in answer) return answer.operation;
  throw new Error(`Refused: ${JSON.stringify(answer.refused)}`);
}

const step = (name: string, kind: 'started' | 'done' = 'done'): Written[] => {
  const side = ['reserveTarget', 'confirmMove'].includes(name) ? 'target' : 'source';
  const of = { step: name, move: 'run' } as const;
  const started: Written = [side, { kind: 'started', ...of }];
  return kind === 'started' ? [started] : [started, [side, { kind: 'done', ...of, facts: {} }]];
};

async function approved(): Promise<string> {
  const operation = await proposed();
  await world.write(operation, step('reserveTarget'));
  const { planHash = '' } = (await world.operations.view(operation)) ?? {};
  await world.operations.approve(operation, { user: 'UAPPROVES', planHash });
  return operation;
}

describe('a live migration, as the bot opens and shows it', () => {
  it('is what a host is asked for that moves VMs itself, and asks before it moves', async () => {
    const operation = await proposed();
    const { list, plan } = migrationOf(await world.store.journal.read(operation));
    expect([list, plan.method, plan.live?.way]).toEqual(['live@1', 'live', 'with storage']);
    await world.write(operation, step('reserveTarget'));
    expect((await world.operations.view(operation))?.state.kind).toBe('asking');
  });

  it('is refused, with a word, where a host does not have the way that is asked for', async () => {
    const answer = await world.operations.propose({ ...WISH, method: 'stream' });
    expect(answer).toMatchObject({
      refused: expect.arrayContaining([
        expect.objectContaining({ code: 'method-unavailable', severity: 'blocker' }),
      ]),
    });
  });

  it('takes another switch at the target where one is named, whichever way it goes', async () => {
    world.looks.set('hv-b', async () => ({
      host: hostFacts('hv-b', { switches: [{ name: 'Office', type: 'External' }] }),
    }));
    const switches = [{ from: 'LAN', to: 'Office' }];
    const operation = await proposed({ switches });
    const { plan } = migrationOf(await world.store.journal.read(operation));
    expect(plan.live?.rewired).toEqual([{ adapter: 'Network Adapter', ...switches[0] }]);
    expect(switchesOf(plan)).toEqual(switches);
  });

  it('moves after the approval, and is over when the target has confirmed it', async () => {
    const operation = await approved();
    await world.write(operation, [...step('recheck'), ...step('compareMove'), ...step('carryOut')]);
    expect((await world.operations.view(operation))?.state.kind).toBe('moving');
    await world.write(operation, [...step('moveLive'), ...step('confirmMove')]);
    expect((await world.operations.view(operation))?.state).toMatchObject({
      kind: 'migrated',
      cleanUpPending: 'hv-b',
    });
  });

  it('tells at its end what could not be given back to the VM, and nothing where all was', async () => {
    const operation = await approved();
    const moved = ['recheck', 'compareMove', 'carryOut', 'moveLive', 'confirmMove'];
    await world.write(
      operation,
      moved.flatMap((name) => step(name)),
    );
    const ends = async (facts: Facts) => {
      const of = { step: 'carryIn', move: 'run' } as const;
      await world.write(operation, [
        ['target', { kind: 'started', ...of }],
        ['target', { kind: 'done', ...of, facts }],
      ]);
      return (await world.operations.view(operation))?.notes;
    };
    expect(await ends({})).toBeUndefined();
    const about = { vm: 'dc02', id: dc02.id, host: 'hv-b' };
    expect(await ends({ media: ['C:\\a.iso'], adapters: ['Old'] })).toEqual([
      { code: 'media-not-back', facts: { ...about, files: ['C:\\a.iso'] } },
      { code: 'adapters-not-back', facts: { ...about, adapters: ['Old'] } },
    ]);
  });

  it('may be cancelled while it moves; what comes of that the move itself says', async () => {
    const operation = await approved();
    await world.write(operation, [...step('recheck'), ...step('compareMove'), ...step('carryOut')]);
    await world.write(operation, step('moveLive', 'started'));
    const ask = { operation, author: 'bot' } as const;
    await request(world.options, ask, cancelling('UASKS', operation));
    expect((await world.operations.view(operation))?.state.kind).toBe('moving');
    await world.write(operation, [
      ['source', { kind: 'done', step: 'moveLive', move: 'run', facts: {} }],
    ]);
    expect(await codeOf(request(world.options, ask, cancelling('UASKS', operation)))).toBe(
      'past-point-of-no-return',
    );
  });

  it('has no stream that could be limited', async () => {
    const operation = await approved();
    const decide = limiting({ by: 'UASKS', bytesPerSecondMax: 5e6 }, operation);
    expect(await codeOf(request(world.options, { operation, author: 'bot' }, decide))).toBe(
      'nothing-copies',
    );
  });
});
