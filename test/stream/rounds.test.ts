import { describe, expect, it } from '@jest/globals';
import { MIB, noise, World } from './world.ts';

describe('rounds', () => {
  it('sends the whole disk, then what changed, and both sides agree', async () => {
    await using world = await World.make([40 * MIB]);
    await world.write(0, async (disk) => {
      await disk.write(0, noise(3 * MIB));
      await disk.write(20 * MIB + 4096, noise(8192));
    });
    await world.receive();
    const whole = await world.send(0, 'whole');
    expect(whole.digests.map(({ source }) => source)).toEqual(
      whole.digests.map(({ target }) => target),
    );
    expect((await world.contents()).target).toEqual((await world.contents()).source);

    await world.freeze();
    await world.write(0, async (disk) => {
      await disk.write(MIB + 512, noise(1024));
      await disk.zero(2 * MIB, MIB);
      await disk.write(30 * MIB, noise(5 * MIB));
    });
    const changes = await world.send(1, 'changes');
    expect(changes.digests[0]?.target).toEqual(changes.digests[0]?.source);
    const { source, target } = await world.contents();
    expect(target).toEqual(source);
    expect(world.problems).toEqual([]);
  });
});
