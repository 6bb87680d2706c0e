import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import type { JournalStore } from '../../src/store/store.ts';
import { done, failed, stepsBefore } from './stories.ts';
import { codeOf } from './world.ts';
import { newOperation, operation, planHash, read, world } from './world-of-test.ts';

const AGAIN = { code: 'source-was-started', facts: { vm: 'dc02', host: 'hv-a' } };

async function asking(approversNeeded = 1): Promise<void> {
  await newOperation({ approversNeeded });
  await world.write(operation, stepsBefore('catchUp'));
}

const approve = (user: string, hash = planHash, operations = world.operations) =>
  operations.approve(operation, { user, planHash: hash });
const approvals = async () =>
  (await read()).flatMap(({ body }) => (body.kind === 'approved' ? [body.users] : []));

describe('an approval', () => {
  it('is refused while nothing is asked, and when the plan is another one', async () => {
    await newOperation();
    expect(await codeOf(approve('U1'))).toBe('plan-not-current');
    await world.write(operation, stepsBefore('catchUp'));
    expect(await codeOf(approve('U1', 'f'.repeat(64)))).toBe('plan-not-current');
    expect(await approvals()).toEqual([]);
    expect(await approve('U1')).toBe('approved');
  });

  it('by two people at once is written once; who is too late is told', async () => {
    await asking();
    const both = await Promise.allSettled([approve('U1'), approve('U2')]);
    const codes = both.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    // Whoever finds that enough are counted writes the entry for them, and is not too late.
    expect(codes.filter((code) => code !== 'plan-not-current')).toEqual([]);
    expect(both.filter(({ status }) => status === 'fulfilled')).not.toEqual([]);
    expect(await approvals()).toHaveLength(1);
    expect(world.woken).toContain(operation);
  });

  it('counts different people, each once, also at the same time', async () => {
    await asking(2);
    const same = await Promise.allSettled([approve('U1'), approve('U1')]);
    const codes = same.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(codes).toEqual(['already-approved']);
    expect((await world.operations.view(operation))?.approvals.users).toEqual(['U1']);
    expect(await approvals()).toEqual([]);
    expect(await approve('U2')).toBe('approved');
    expect(await approvals()).toEqual([['U1', 'U2']]);
  });

  it('tells how many people are missing', async () => {
    await asking(3);
    expect(await approve('U1')).toEqual({ waitingFor: 2 });
    expect(await approve('U2')).toEqual({ waitingFor: 1 });
  });

  it('whose bot died between the count and the entry is written by the next click', async () => {
    await asking(2);
    await approve('U1');
    const store: JournalStore = {
      ...world.store.journal,
      append: async () => {
        throw new Problem('store-unreachable', { url: 'postgres://gone' });
      },
    };
    const dying = world.again({ store });
    expect(await codeOf(approve('U2', planHash, dying))).toBe('store-unreachable');
    expect(await approvals()).toEqual([]);
    expect(await approve('U2')).toBe('approved');
    expect(await approvals()).toEqual([['U1', 'U2']]);
  });
});

describe('an approval of an earlier asking', () => {
  it('does not count after the migration asked again', async () => {
    await asking(2);
    await approve('U1');
    await approve('U2');
    await world.write(operation, [...done('catchUp'), ...failed('recheck', 'ask again', AGAIN)]);
    const view = await world.operations.view(operation);
    expect([view?.state.kind, view?.approvals.users]).toEqual(['asking', []]);
    expect(await approve('U1')).toEqual({ waitingFor: 1 });
    expect((await world.operations.view(operation))?.approvals.users).toEqual(['U1']);
    expect(await approve('U3')).toBe('approved');
    expect(await approvals()).toEqual([
      ['U1', 'U2'],
      ['U1', 'U3'],
    ]);
  });

  it('does not count when the first approval lapsed before it was acted upon', async () => {
    await asking(2);
    await approve('U1');
    await approve('U2');
    // Two hours later nobody has acted upon it.
    const later = async () => (await world.store.journal.now()) + 2 * 3600 * 1000;
    const store = { ...world.store.journal, now: later };
    const journal = { ...world.options.journal, now: later };
    const bot = world.again({ store, journal });
    const view = await bot.view(operation);
    expect([view?.state.kind, view?.approvals.users]).toEqual(['asking', []]);
    expect(await approve('U3', planHash, bot)).toEqual({ waitingFor: 1 });
    expect(await approve('U1', planHash, bot)).toBe('approved');
  });

  it('is not written where the migration asked again between the count and the entry', async () => {
    await asking();
    let isFirst = true;
    const askAgain = async () => {
      await approve('U9');
      await world.write(operation, [...done('catchUp'), ...failed('recheck', 'ask again', AGAIN)]);
    };
    const store: JournalStore = {
      ...world.store.journal,
      async append(entry, claims) {
        if (isFirst) {
          isFirst = false;
          await askAgain();
        }
        return await world.store.journal.append(entry, claims);
      },
    };
    expect(await codeOf(approve('U1', planHash, world.again({ store })))).toBe('plan-not-current');
    expect(await approvals()).toHaveLength(1);
  });
});
