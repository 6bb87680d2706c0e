/** The checker: it must see what is wrong, and must not see what is not. */

import { copyFile, cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { crashHost, foreignCheckpoint, personStarts } from '../../src/hosts/lab/power.ts';
import { RING_RECORDS, slotOf } from '../../src/hosts/lab/records.ts';
import { requireVm } from '../../src/hosts/lab/state.ts';
import { check, lostNumbers } from '../../src/lab/checker.ts';
import { type LabFixture, labFixture } from '../hosts/lab-fixture.ts';

/** A limit for hangs, on a machine that does much else. */
jest.setTimeout(120_000);

const TOKEN = { operation: 'm7', epoch: 3 };

describe('the checker', () => {
  let lab: LabFixture;
  beforeEach(async () => {
    lab = await labFixture();
  });
  afterEach(async () => {
    await lab[Symbol.asyncDispose]();
  });

  const report = async () => {
    const { vms } = await check(lab.dir);
    const [vm] = vms;
    if (vm === undefined || vms.length > 1) throw new Error(`${vms.length} VMs`);
    return vm;
  };
  const diskPaths = async () => (await requireVm(lab.place)).disks.map(({ path }) => path);

  it('finds nothing wrong with a VM that runs, freezes and merges while it is looked at', async () => {
    const { source, vmId, guestWrites } = lab;
    let isOver = false;
    const rounds = (async () => {
      await source.openRound(vmId, 0, TOKEN);
      for (let round = 1; !isOver; round++) {
        await source.openRound(vmId, round, TOKEN);
        await source.closeRounds(vmId, round - 1, TOKEN);
      }
    })();
    for (let look = 0; look < 4; look++) {
      expect(await report()).toMatchObject({ lost: 0, ranTwice: false, home: 'hv-a' });
      await guestWrites();
    }
    isOver = true;
    await rounds;
    expect((await report()).registeredOn).toMatchObject([{ chainIsPlain: false, fenced: false }]);
    await source.stopTracking(vmId, TOKEN);
    expect((await report()).registeredOn).toMatchObject([{ chainIsPlain: true, checkpoints: [] }]);
  });

  it('reports exactly the records that an older disk does not hold', async () => {
    const { source, vmId, guestWrites } = lab;
    const [, path = ''] = await diskPaths();
    await source.stop(vmId, 20, TOKEN);
    await copyFile(path, `${path}.old`);
    const before = (await report()).acknowledged;
    await source.start(vmId, TOKEN);
    await guestWrites();
    await source.stop(vmId, 20, TOKEN);
    expect(await report()).toMatchObject({ lost: 0, runningOn: [] });
    await copyFile(`${path}.old`, path);
    const { lost, lostNumbers: numbers, acknowledged } = await report();
    expect(lost).toBeGreaterThanOrEqual(3);
    expect(lost).toBeLessThanOrEqual(Math.ceil((acknowledged - before) / 3) + 1);
    // The second of three disks has the numbers 2, 5, 8 …
    expect(numbers.every((number) => slotOf(number, 3).disk === 1)).toBe(true);
  });

  it('sees a VM that runs on two hosts, there and in the witness log', async () => {
    const { dir, source, target, vmId, guestWrites } = lab;
    await source.stop(vmId, 20, TOKEN);
    const definition = await source.exportDefinition(vmId);
    const { vmVolume } = await target.facts();
    const [first = ''] = await diskPaths();
    await cp(dirname(first), join(vmVolume, 'copy'), { recursive: true });
    const places = (await requireVm(lab.place)).disks.map(({ id, path }) => ({
      disk: id,
      path: path.replace(dirname(first), join(vmVolume, 'copy')),
    }));
    await target.register(definition, { disks: places }, TOKEN);
    expect(await report()).toMatchObject({ home: 'hv-a', ranTwice: false });
    await target.unfence(vmId, TOKEN);
    expect((await report()).home).toBeUndefined();
    // Nobody asks Ferry: the lab permits it.
    await personStarts(dir, 'hv-a', vmId);
    await guestWrites();
    await personStarts(dir, 'hv-b', vmId);
    await guestWrites();
    await guestWrites();
    const { runningOn, ranTwice } = await report();
    expect(runningOn.map(({ host }) => host).toSorted()).toEqual(['hv-a', 'hv-b']);
    expect(ranTwice).toBe(true);
    await crashHost(dir, 'hv-b');
    expect(await report()).toMatchObject({ ranTwice: true, home: 'hv-a' });
  });

  it('shows a fenced VM, foreign checkpoints and the longest pause', async () => {
    const { dir, source, vmId, guestWrites } = lab;
    const name = await foreignCheckpoint(dir, 'hv-a', vmId);
    expect((await report()).registeredOn).toMatchObject([{ checkpoints: [name] }]);
    await crashHost(dir, 'hv-a');
    expect(await report()).toMatchObject({ runningOn: [], home: 'hv-a', lost: 0 });
    await source.start(vmId, TOKEN);
    await guestWrites();
    const { longestPause } = await report();
    expect(longestPause).toMatchObject({ fromHost: 'hv-a', toHost: 'hv-a' });
    expect(longestPause?.milliseconds).toBe((longestPause?.to ?? 0) - (longestPause?.from ?? 0));
  });

  it('counts for a VM that is fenced everywhere what its best disks hold', async () => {
    const { source, vmId } = lab;
    await source.stop(vmId, 20, TOKEN);
    await source.fence(vmId, TOKEN);
    const { home, lost, registeredOn } = await report();
    expect(home).toBeUndefined();
    expect(lost).toBe(0);
    expect(registeredOn).toMatchObject([{ fenced: true }]);
  });
});

describe('lost records', () => {
  /** Rings as they are after these numbers were written in order. */
  const written = (numbers: Iterable<number>, disks: number) => {
    const rings = Array.from({ length: disks }, () =>
      Array.from<number | undefined>({ length: RING_RECORDS }),
    );
    for (const number of numbers) {
      const { disk, index } = slotOf(number, disks);
      const ring = rings[disk];
      if (ring) ring[index] = number;
    }
    return rings;
  };
  const upTo = (highest: number) => Array.from({ length: highest }, (_, index) => index + 1);

  it('are none after any number of turns of the ring', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 30_000 }), (d, n) => {
        const numbers = new Set(upTo(n));
        expect(lostNumbers(written(numbers, d), { numbers, highest: n })).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('are exactly those that were acknowledged lately and left out', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 5000, max: 20_000 }),
        fc.array(fc.integer({ min: 0, max: 3900 }), { size: 'max', maxLength: 50 }),
        (disks, highest, ages) => {
          const numbers = new Set(upTo(highest));
          const lost = new Set(ages.map((age) => highest - age));
          const kept = upTo(highest).filter((number) => !lost.has(number));
          const found = lostNumbers(written(kept, disks), { numbers, highest });
          expect(new Set(found)).toEqual(lost);
        },
      ),
      { numRuns: 20 },
    );
  });
});
