import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { MIB, noise, World } from './world.ts';

const full = async (): Promise<void> => {
  throw new Problem('target-full', { host: 'hv-b', volume: 'D:' });
};

/** Room for so many looks, and then no more. */
const roomFor = (looks: number) => {
  let left = looks;
  return async (): Promise<void> => {
    left -= 1;
    if (left < 0) await full();
  };
};

describe('a target whose volume is full', () => {
  it('takes in nothing of a round, and the source hears why', async () => {
    await using world = await World.make([8 * MIB]);
    await world.write(0, (disk) => disk.write(0, noise(MIB)));
    await world.receive({ checkRoom: full });
    await expect(world.send(0, 'whole')).rejects.toMatchObject({
      code: 'target-full',
      facts: { host: 'hv-b', volume: 'D:' },
    });
    expect(await (await world.copy()).read()).toBeUndefined();
  });

  it('stops in the middle of a round, keeps the one before, and goes on when there is room', async () => {
    await using world = await World.make([16 * MIB]);
    await world.write(0, (disk) => disk.write(0, noise(4 * MIB)));
    await world.receive({ checkRoom: roomFor(50) });
    await world.send(0, 'whole');
    await world.freeze();
    await world.write(0, (disk) => disk.write(0, noise(6 * MIB)));
    await world.receiver?.[Symbol.asyncDispose]();
    await world.receive({ checkRoom: roomFor(3) });
    await expect(world.send(1, 'changes')).rejects.toMatchObject({ code: 'target-full' });
    await world.receiver?.[Symbol.asyncDispose]();
    expect(await (await world.copy()).read()).toMatchObject({ round: 0 });
    await world.receive();
    await world.send(1, 'changes');
    expect((await world.contents()).target).toEqual((await world.contents()).source);
  });
});
