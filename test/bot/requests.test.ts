import { beforeEach, describe, expect, it } from '@jest/globals';
import { cancelling, request } from '../../src/bot/requests.ts';
import type { JournalStore } from '../../src/store/store.ts';
import { bot, done, failed, started, stepsBefore } from './stories.ts';
import { codeOf, dc02, kindsOf, problemOf } from './world.ts';
import { newOperation, operation, planHash, read, world } from './world-of-test.ts';

beforeEach(() => newOperation());

const stuck = { code: 'target-may-run', facts: { vm: 'dc02', host: 'hv-b' } };
/** The entries of a cutover up to here, approved under this operation's own plan. */
const upTo = (step: string) => world.write(operation, stepsBefore(step, planHash));

describe('cancel', () => {
  it('is an entry, wakes the workers, and twice is the same as once', async () => {
    await world.operations.cancel(operation, 'U7');
    await world.operations.cancel(operation, 'U8');
    expect(kindsOf(await read())).toEqual(['opened', 'cancelled']);
    expect((await read())[1]?.body).toEqual({ kind: 'cancelled', by: 'U7' });
    expect(world.woken).toContain(operation);
  });

  it('twice at the same time is one entry', async () => {
    await Promise.all(['U7', 'U8', 'U9'].map((user) => world.operations.cancel(operation, user)));
    expect(kindsOf(await read())).toEqual(['opened', 'cancelled']);
  });

  it('finds the migration by the VM, whatever the case of its name', async () => {
    await world.operations.cancel('DC02', 'U7');
    expect(kindsOf(await read())).toEqual(['opened', 'cancelled']);
    const missing = problemOf(world.operations.cancel('sql01', 'U7'));
    expect((await missing).code).toBe('nothing-to-cancel');
  });

  it('is still possible right before the target is started, and refused right after', async () => {
    await upTo('startTarget');
    await world.write(operation, [started('startTarget')]);
    const { code, facts } = await problemOf(world.operations.cancel(operation, 'U7'));
    expect([code, facts]).toEqual([
      'past-point-of-no-return',
      { operation, vm: 'dc02', host: 'hv-b' },
    ]);
    expect(kindsOf(await read())).not.toContain('cancelled');
  });

  it('is recorded before the point of no return', async () => {
    await upTo('startTarget');
    await world.operations.cancel(operation, 'U7');
    expect((await read()).at(-1)?.body.kind).toBe('cancelled');
  });

  it('says that an operation is over, and how it ended', async () => {
    await world.operations.cancel(operation, 'U7');
    await world.write(operation, done('trackChanges', {}, 'undo'));
    const problem = await problemOf(world.operations.cancel(operation, 'U7'));
    expect([problem.code, problem.facts.outcome]).toEqual(['operation-over', 'rolled back']);
    expect((await problemOf(world.operations.rollback(operation, 'U7'))).code).toBe(
      'operation-over',
    );
  });

  it.each([
    ['another number', 'm99'],
    ['capitals', 'M1'],
    ['nothing', ''],
    ['a path', '../m1'],
    ['5,000 characters', 'x'.repeat(5000)],
  ])('of an operation that nobody knows says so: %s', async (_name, unknown) => {
    const cancelled = world.operations.cancel(unknown, 'U7');
    const code = unknown === 'm99' ? 'operation-unknown' : 'nothing-to-cancel';
    expect(await codeOf(cancelled)).toBe(code);
  });
});

describe('rollback', () => {
  it('is recorded once, and refused once the target may run', async () => {
    await world.operations.rollback(operation, 'U7');
    await world.operations.rollback(operation, 'U7');
    expect(kindsOf(await read())).toEqual(['opened', 'rollback']);
  });

  it('is refused once the target may have been started', async () => {
    await upTo('startTarget');
    await world.write(operation, [started('startTarget')]);
    expect(await codeOf(world.operations.rollback(operation, 'U7'))).toBe(
      'past-point-of-no-return',
    );
  });
});

describe('retry', () => {
  it('is refused while nobody is needed', async () => {
    expect(await codeOf(world.operations.retry(operation, 'U7'))).toBe('nothing-to-retry');
    await world.write(operation, done('reserveTarget'));
    expect(await codeOf(world.operations.retry(operation, 'U7'))).toBe('nothing-to-retry');
    expect(kindsOf(await read())).not.toContain('retried');
  });

  it('is recorded once when a step needs a person', async () => {
    await upTo('startTarget');
    const unknown = Array.from({ length: 5 }, () => failed('startTarget', 'unknown', stuck));
    await world.write(operation, unknown.flat());
    expect((await world.operations.view(operation))?.state.kind).toBe('needs a person');
    await world.operations.retry(operation, 'U7');
    expect((await read()).at(-1)?.body).toEqual({ kind: 'retried', by: 'U7' });
    expect(await codeOf(world.operations.retry(operation, 'U7'))).toBe('nothing-to-retry');
  });

  it('of a rolled back migration opens a new one, with a new approval', async () => {
    await world.operations.cancel(operation, 'U7');
    await world.write(operation, done('trackChanges', {}, 'undo'));
    // As long as the old one holds the VM, there is no new one.
    expect(await codeOf(world.operations.retry(operation, 'U7'))).toBe('vm-claimed');
    await world.write(operation, [bot({ kind: 'settled', home: 'source' })], {
      release: [`vm:${dc02.id}`],
    });
    await world.operations.retry(operation, 'U8');
    const [newest] = await world.store.journal.list(1);
    expect(newest).not.toBe(operation);
    expect(world.woken.at(-1)).toBe(newest);
    const view = await world.operations.view(newest ?? '');
    expect([view?.requestedBy, view?.approvals.users]).toEqual(['U8', []]);
  });
});

describe('a request that loses its position', () => {
  /** Another writer is quicker, once. */
  function overtaken(by: () => Promise<unknown>): JournalStore {
    let isFirst = true;
    return {
      ...world.store.journal,
      async append(entry, claims) {
        if (isFirst) await by();
        isFirst = false;
        return await world.store.journal.append(entry, claims);
      },
    };
  }

  it('is decided anew: a cancel that the target overtook is refused', async () => {
    await upTo('startTarget');
    const store = overtaken(() => world.write(operation, [started('startTarget')]));
    const cancelled = world.again({ store }).cancel(operation, 'U7');
    expect(await codeOf(cancelled)).toBe('past-point-of-no-return');
    expect((await read()).at(-1)?.body.kind).toBe('started');
  });

  it('is written after the other entry where it still makes sense', async () => {
    const store = overtaken(() => world.write(operation, [started('reserveTarget')]));
    await world.again({ store }).cancel(operation, 'U7');
    expect(kindsOf(await read())).toEqual(['opened', 'started', 'cancelled']);
  });

  it('gives up with words when it always loses', async () => {
    let looked = 0;
    const decide = (...seen: Parameters<ReturnType<typeof cancelling>>) => {
      looked += 1;
      return cancelling('U7', operation)(...seen);
    };
    const store = { ...world.store.journal, append: async () => ({ result: 'lost' }) as const };
    const asked = request({ ...world.options, store }, { operation, author: 'bot' }, decide);
    expect(await codeOf(asked)).toBe('journal-busy');
    expect(looked).toBe(50);
  });
});
