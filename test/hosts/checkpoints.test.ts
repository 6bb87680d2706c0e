/** Checkpoints of a lab VM, cut off at each point where its disks' opener lets go or takes hold. */

import { readdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { chainFiles, openChain } from '../../src/disks/chain.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import {
  nobody,
  type Opener,
  removeCheckpoints,
  takeCheckpoint,
} from '../../src/hosts/lab/checkpoints.ts';
import { type LabVm, requireVm } from '../../src/hosts/lab/state.ts';
import { type LabFixture, labFixture, SMALL_VM } from './lab-fixture.ts';

/** A limit for hangs, on a machine that does much else. */
jest.setTimeout(120_000);

const ONE_DISK = { ...SMALL_VM, disks: SMALL_VM.disks.slice(0, 1) };
const SECTOR_BYTES = 4096;
const POINTS_MAX = 50;

/** Fails like a kill: before or after the `failAt`-th change of the chain, counted from 1. */
function killedAt(failAt: number, when: 'before' | 'after', running: boolean): Opener {
  let changes = 0;
  return {
    running,
    async released(act) {
      changes += 1;
      if (changes === failAt && when === 'before') throw new Error('killed');
      await act();
      if (changes === failAt) throw new Error('killed');
    },
  };
}

describe('checkpoints', () => {
  let lab: LabFixture;
  beforeEach(async () => {
    lab = await labFixture({ boot: false, vm: ONE_DISK });
  });
  afterEach(async () => {
    await lab[Symbol.asyncDispose]();
  });

  const vm = (): Promise<LabVm> => requireVm(lab.place);
  const files = async () => {
    const found = await readdir(dirname((await vm()).disks[0]?.path ?? ''));
    return found.toSorted();
  };
  /** Every disk gets `value` into the sector of that number. */
  const mark = async (value: number) => {
    for (const { path } of (await vm()).disks) {
      await using disk = await openForWriting(path);
      await disk.write(value * SECTOR_BYTES, Buffer.alloc(SECTOR_BYTES, value));
      await disk.flush();
    }
  };
  const expectMarks = async (values: readonly number[]) => {
    for (const { path } of (await vm()).disks) {
      await using disk = await openChain(path);
      for (const value of values) {
        const sector = Buffer.alloc(SECTOR_BYTES);
        await disk.read(value * SECTOR_BYTES, sector);
        expect(sector.equals(Buffer.alloc(SECTOR_BYTES, value))).toBe(true);
      }
    }
  };
  /** All that lies in the folder belongs to a chain, and checkpoints name files of it. */
  const expectTidy = async () => {
    const { disks, checkpoints, merging } = await vm();
    let count = 0;
    for (const { id, path } of disks) {
      const chain = (await chainFiles(path)).map(({ identity }) => identity.path);
      count += chain.length;
      for (const { frozen } of checkpoints) expect(chain.slice(1)).toContain(frozen[id]);
      expect(chain).toHaveLength(checkpoints.length + 1);
    }
    expect(merging).toBe(false);
    expect(await files()).toHaveLength(count);
  };

  for (const running of [false, true]) {
    it(`are merged whole after a kill at any change of the chain, running: ${running}`, async () => {
      const live: Opener = { ...nobody, running };
      const met = { first: 0, last: 0 };
      for (const when of ['before', 'after'] as const) {
        for (let point = 1, isKilled = true; isKilled && point < POINTS_MAX; point++) {
          for (const value of [1, 2]) {
            await mark(value * 10 + point);
            await takeCheckpoint(lab.place, `c${value}`, live);
          }
          await mark(point);
          isKilled = false;
          for (const [step, name] of [
            ['first', 'c1'],
            ['last', 'c2'],
          ] as const) {
            const end = killedAt(point, when, running);
            const removal = removeCheckpoints(lab.place, [name], end);
            const wasKilled = await removal.then(
              () => false,
              ({ message }) => message === 'killed',
            );
            met[step] += wasKilled ? 1 : 0;
            isKilled ||= wasKilled;
            await removeCheckpoints(lab.place, [name], live);
            await expectMarks([10 + point, 20 + point, point]);
            await expectTidy();
          }
          expect((await vm()).checkpoints).toEqual([]);
        }
      }
      // Before and after: a frozen file's merge changes the chain once, an active leaf's three times.
      expect(met).toEqual({ first: 2, last: running ? 6 : 2 });
    });
  }

  it('leave no files of one that was not finished', async () => {
    const halfDone: Opener = {
      running: false,
      async released() {
        await writeFile((await vm()).creating[0] ?? '', 'half');
        throw new Error('killed');
      },
    };
    const before = await files();
    await expect(takeCheckpoint(lab.place, 'c1', halfDone)).rejects.toThrow('killed');
    expect((await files()).length).toBeGreaterThan(before.length);
    expect((await vm()).checkpoints).toEqual([]);
    await takeCheckpoint(lab.place, 'c1', nobody);
    await takeCheckpoint(lab.place, 'c1', nobody);
    await expectTidy();
  });
});
