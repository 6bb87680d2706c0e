import { expect, it } from '@jest/globals';
import { keepLookout, type LookingOut } from '../../src/worker/lookout.ts';
import { until } from '../until.ts';

/** The lookout of a worker without operations, on a host that recovers so. */
function lookout(recover: () => Promise<void>) {
  const stopping = new AbortController();
  const warned: unknown[] = [];
  let looks = 0;
  const memory = {
    operations: async () => {
      looks += 1;
      return [];
    },
  };
  const ended = keepLookout({ memory, host: { recover } } as unknown as LookingOut, {
    log: { warn: (said: unknown) => void warned.push(said) },
    stopping: stopping.signal,
    lookSeconds: 0.01,
  });
  const stop = async () => {
    stopping.abort();
    await ended;
  };
  return { warned, looks: () => looks, stop };
}

it('what an earlier process left half done is ended, however often that fails before', async () => {
  let tries = 0;
  const { warned, stop } = lookout(async () => {
    tries += 1;
    if (tries < 3) throw new Error(`away ${tries}`);
  });
  await until(() => tries >= 3);
  await stop();
  expect(warned).toEqual([{ error: 'Error: away 1' }, { error: 'Error: away 2' }]);
});

it('the other looks go on while it takes its time', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { looks, stop } = lookout(() => promise);
  await until(() => looks() >= 6);
  resolve();
  await stop();
});
