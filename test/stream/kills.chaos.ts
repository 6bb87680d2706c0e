import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { openCopy } from '../../src/stream/copy-store.ts';
import { loadOrCreateIdentity } from '../../src/trust/identity.ts';
import { seeded } from '../simulation/seeded.ts';
import { keysOf, Pair } from './pair.ts';
import { openRelay } from './relay.ts';
import { MIB, noise, OPERATION, World } from './world.ts';

const KILLS = 50;
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const WINDOW_BYTES = 4 * MIB;

describe(`kills (SEED=${SEED})`, () => {
  it('goes on after 50 kills on either side and sends little twice', async () => {
    const random = seeded(SEED);
    await using world = await World.make([320 * MIB, 64 * MIB]);
    await world.write(0, async (disk) => {
      for (let at = 0; at < 128; at += 1) await disk.write(2 * at * MIB + 4096, noise(MIB));
    });
    await world.write(1, (disk) => disk.write(7 * MIB, noise(16 * MIB)));
    const whole = world.disks.map(({ files }) => ({ leaf: files[0] ?? '' }));
    await world.freeze();
    await world.write(0, async (disk) => {
      for (let at = 0; at < 2000; at += 1) await disk.write(at * 128 * 1024, noise(4096));
      await disk.write(300 * MIB, noise(12 * MIB));
      await disk.zero(4 * MIB, 20 * MIB);
    });
    await world.write(1, (disk) => disk.write(40 * MIB, noise(16 * MIB)));
    const changes = world.disks.map(({ files: [leaf = '', above = ''] }) => ({ leaf, above }));
    const uniqueBytes = (128 + 16 + 8 + 12 + 16) * MIB;
    const source = await loadOrCreateIdentity(join(world.directory, 'source'), 'hv-a');
    const target = await loadOrCreateIdentity(join(world.directory, 'target'), 'hv-b');
    const pair = new Pair(
      {
        directory: world.directory,
        ticket: world.ticket,
        windowBytes: WINDOW_BYTES,
        checkpointBytes: MIB,
        connections: 1 + Math.floor(random() * 3),
        port: 0,
        sourceKey: source.publicKey,
        sourceKeys: keysOf(source),
        targetKeys: keysOf(target),
        copy: world.newCopy(),
        rounds: [
          { mode: 'whole', disks: whole },
          { mode: 'changes', disks: changes },
        ],
      },
      random,
    );
    try {
      await pair.startSource();
      let killing = false;
      const next = (): number => random() * 6 * MIB;
      let killAt = next();
      await using proxy = await openRelay(
        () => pair.port,
        (_bytes, relay) => {
          if (killing || pair.kills >= KILLS || relay.bytesPassed() < killAt) return;
          killing = true;
          const killed = sleep(random() * 40).then(async () => {
            await pair.killOne(relay.port);
            killAt = relay.bytesPassed() + next();
            killing = false;
          });
          killed.catch(pair.sent.reject);
        },
      );
      pair.startTarget(proxy.port);
      const { rounds } = await pair.sent.promise;
      for (const { digests } of rounds) {
        expect(digests.map(({ target }) => target)).toEqual(digests.map(({ source }) => source));
      }
      expect(pair.kills).toBe(KILLS);
      const resentBytes = proxy.bytesPassed() - uniqueBytes;
      console.info(
        `${KILLS} kills, ${(resentBytes / MIB / KILLS).toFixed(2)} MiB sent again for each`,
      );
      expect(resentBytes).toBeLessThan(KILLS * WINDOW_BYTES);
    } finally {
      await pair.end();
    }
    const copy = await openCopy(world.copyDirectory);
    expect(await copy?.read()).toMatchObject({ operation: OPERATION, round: 1 });
    const contents = await world.contents();
    expect(contents.target).toEqual(contents.source);
  }, 300_000);
});
