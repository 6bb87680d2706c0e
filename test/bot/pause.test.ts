import { beforeEach, describe, expect, it } from '@jest/globals';
import { approved, done, failed, started, stepsBefore } from './stories.ts';
import { codeOf, kindsOf, problemOf } from './world.ts';
import { newOperation, operation, planHash, read, world } from './world-of-test.ts';

beforeEach(() => newOperation({ approversNeeded: 2 }));

const requests = async () =>
  kindsOf(await read()).filter((kind) => ['paused', 'resumed', 'limited'].includes(kind));
const view = async () => {
  const found = await world.operations.view(operation);
  if (!found) throw new Error('No view');
  return found;
};
const upTo = (step: string) => world.write(operation, stepsBefore(step, planHash));

describe('pause and resume', () => {
  it('are entries, each once, and the view says who paused', async () => {
    await world.operations.pause('DC02', 'U7');
    await world.operations.pause(operation, 'U8');
    expect(await requests()).toEqual(['paused']);
    expect(world.woken).toContain(operation);
    const why = { code: 'paused', facts: { by: 'U7', vm: 'dc02' } };
    expect((await view()).state).toMatchObject({ kind: 'paused', why });
    await world.operations.resume(operation, 'U8');
    await world.operations.resume(operation, 'U9');
    expect(await requests()).toEqual(['paused', 'resumed']);
    expect((await view()).state.kind).toBe('preparing');
  });

  it('at the same time are one entry', async () => {
    await Promise.all(['U7', 'U8', 'U9'].map((user) => world.operations.pause(operation, user)));
    expect(await requests()).toEqual(['paused']);
  });

  it('refuse to resume what nobody paused', async () => {
    expect(await codeOf(world.operations.resume(operation, 'U7'))).toBe('not-paused');
  });

  it.each(['recheck', 'stopSource', 'copyLastRound'])(
    'refuse to pause in the cutover: before %s',
    async (step) => {
      await upTo(step);
      const { code, facts } = await problemOf(world.operations.pause(operation, 'U7'));
      expect([code, facts]).toEqual(['pause-too-late', { operation, vm: 'dc02' }]);
      expect(await requests()).toEqual([]);
    },
  );

  it('refuse to pause what an approval has set in motion, and not before', async () => {
    await upTo('catchUp');
    await world.write(operation, [approved(['U1', 'U2'], planHash), started('catchUp')]);
    expect(await codeOf(world.operations.pause(operation, 'U7'))).toBe('pause-too-late');
  });

  it('are refused when it goes back, and when it is over', async () => {
    await world.operations.cancel(operation, 'U7');
    for (const act of ['pause', 'resume'] as const)
      expect(await codeOf(world.operations[act](operation, 'U7'))).toBe('going-back');
    await world.write(operation, done('trackChanges', {}, 'undo'));
    for (const act of ['pause', 'resume'] as const)
      expect(await codeOf(world.operations[act](operation, 'U7'))).toBe('operation-over');
  });

  it('leave no approval standing: what was counted before does not count afterwards', async () => {
    await upTo('catchUp');
    const approve = (user: string) => world.operations.approve(operation, { user, planHash });
    expect(await approve('U1')).toEqual({ waitingFor: 1 });
    await world.operations.pause(operation, 'U7');
    expect(await codeOf(approve('U2'))).toBe('plan-not-current');
    await world.operations.resume(operation, 'U7');
    expect((await view()).approvals.users).toEqual([]);
    expect(await approve('U2')).toEqual({ waitingFor: 1 });
    expect(await approve('U1')).toBe('approved');
  });

  it('are possible while it asks again', async () => {
    await upTo('recheck');
    const why = { code: 'foreign-checkpoint', facts: { vm: 'dc02', checkpoints: ['backup'] } };
    await world.write(operation, failed('recheck', 'ask again', why));
    await world.operations.pause(operation, 'U7');
    expect((await view()).state.kind).toBe('paused');
  });
});

describe('limit', () => {
  it('is an entry when it changes something, and the view shows it', async () => {
    await world.operations.limit(operation, undefined, 'U7');
    expect(await requests()).toEqual([]);
    await world.operations.limit(operation, 5e6, 'U7');
    await world.operations.limit(operation, 5e6, 'U8');
    expect((await read()).at(-1)?.body).toEqual({
      kind: 'limited',
      by: 'U7',
      bytesPerSecondMax: 5e6,
    });
    expect((await view()).bytesPerSecondMax).toBe(5e6);
    await world.operations.limit(operation, undefined, 'U7');
    expect((await view()).bytesPerSecondMax).toBeUndefined();
    expect(await requests()).toEqual(['limited', 'limited']);
  });

  it('is refused when nothing is copied any more', async () => {
    await world.operations.cancel(operation, 'U7');
    expect(await codeOf(world.operations.limit(operation, 5e6, 'U7'))).toBe('going-back');
  });
});
