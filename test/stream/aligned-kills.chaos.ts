/** The source dies in the middle of a round of an alignment: what its copy is then, may be started. */

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { openCopy } from '../../src/stream/copy-store.ts';
import { loadOrCreateIdentity } from '../../src/trust/identity.ts';
import { seeded } from '../simulation/seeded.ts';
import { keysOf, Pair } from './pair.ts';
import type { SideSettings } from './side.ts';
import { MIB, noise, World } from './world.ts';

const KILLS = 50;
/** As long as a chain may be: none of them is merged here. */
const ROUNDS = 60;
const SIZES = [24 * MIB, 8 * MIB, 2 * MIB];
const KILL_MS_MAX = 450;
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

type Round = SideSettings['rounds'][number];

/** Rounds of all disks, and what each disk is in each of them. */
async function madeRounds(world: World, random: () => number) {
  const model = SIZES.map((bytes) => Buffer.alloc(bytes));
  const rounds: Round[] = [];
  const digests: string[][] = [];
  for (let number = 0; number < ROUNDS; number += 1) {
    for (const [index, image] of model.entries()) {
      await world.write(index, async (disk) => {
        for (let writes = 0; writes < 6; writes += 1) {
          const bytes = 4096 * (1 + Math.floor(random() * 64));
          const at = 4096 * Math.floor((random() * (image.length - bytes)) / 4096);
          const isZero = random() < 0.2;
          const data = isZero ? Buffer.alloc(bytes) : noise(bytes);
          data.copy(image, at);
          await (isZero ? disk.zero(at, bytes) : disk.write(at, data));
        }
      });
    }
    digests.push(model.map((image) => createHash('sha256').update(image).digest('hex')));
    const disks = world.disks.map(({ files: [leaf = '', above] }) => ({
      leaf,
      ...(above === undefined ? {} : { above }),
    }));
    rounds.push({ mode: number === 0 ? 'whole' : 'changes', disks });
    if (number < ROUNDS - 1) await world.freeze();
  }
  return { rounds, digests };
}

describe(`a copy that is kept aligned (SEED=${SEED})`, () => {
  it('is exactly one round on all disks, wherever its source and its target were killed', async () => {
    const random = seeded(SEED);
    await using world = await World.make(SIZES);
    const { rounds, digests } = await madeRounds(world, random);
    const source = await loadOrCreateIdentity(join(world.directory, 'source'), 'hv-a');
    const target = await loadOrCreateIdentity(join(world.directory, 'target'), 'hv-b');
    const settings: SideSettings = {
      ...{ directory: world.directory, ticket: world.ticket, port: 0, copy: world.newCopy() },
      ...{ windowBytes: 4 * MIB, checkpointBytes: MIB, connections: 1, rounds },
      ...{ sourceKey: source.publicKey, sourceKeys: keysOf(source), targetKeys: keysOf(target) },
    };
    let kills = 0;
    const seen = new Set<number>();
    // Each life is an alignment from its beginning; few of them come to the end of all rounds.
    while (kills < KILLS) {
      kills += await oneLife(world, new Pair(settings, random), {
        killsMax: KILLS - kills,
        next: () => 200 + random() * KILL_MS_MAX,
        onRound: async (round, paths) => {
          seen.add(round);
          const contents: string[] = [];
          for (const path of paths) contents.push(await world.contentOf(path));
          expect(contents).toEqual(digests[round]);
        },
      });
      await rm(world.copyDirectory, { recursive: true, force: true });
      for (const name of ['digests', 'done.json']) {
        await rm(join(world.directory, 'source', name), { recursive: true, force: true });
      }
    }
    console.info(`${kills} kills, ${seen.size} different rounds`);
    expect(kills).toBe(KILLS);
    expect(seen.size).toBeGreaterThan(10);
  }, 300_000);
});

interface Life {
  readonly killsMax: number;
  /** Milliseconds until the next kill. */
  readonly next: () => number;
  /** What the copy is after a kill, and where its disks are. */
  readonly onRound: (round: number, paths: readonly string[]) => Promise<void>;
}

/** Until all rounds are sent, or so often killed. How often it was. */
async function oneLife(world: World, pair: Pair, { killsMax, next, onRound }: Life) {
  let isSent = false;
  const sent = pair.sent.promise.then(() => {
    isSent = true;
  });
  let last = 0;
  try {
    while (pair.kills < killsMax && !isSent) {
      await pair.startSource();
      pair.startTarget(pair.port);
      await Promise.race([sleep(next()), sent]);
      await pair.killBoth();
      const copy = await openCopy(world.copyDirectory);
      // As whoever restores it reads it: a fold that was cut short is ended first.
      const committed = await copy?.read();
      if (!committed) continue;
      expect(committed.round).toBeGreaterThanOrEqual(last);
      last = committed.round;
      await onRound(
        last,
        committed.disks.map(({ path }) => path),
      );
    }
    return pair.kills;
  } finally {
    await pair.end();
  }
}
