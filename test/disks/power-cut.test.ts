/** A power cut at any moment leaves a disk that opens, and each sector of it as it was or as it is. */

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openForWriting } from '../../src/disks/writer.ts';
import { requireTool } from '../tools.ts';
import { contentOf, MIB, newFolder, pattern } from './folder.ts';
import { afterCut, chanceOf, type Happening, happenedBefore, recorded } from './power.ts';
import { expectReadable, KINDS, type Kind, makeDisk, VIRTUAL_BYTES } from './power-disks.ts';

const SECTOR_BYTES = 512;
const CUTS = 3;
const RUNS = 4;
const QEMU_LOOKS = 3;
const tool = requireTool('qemu-img');
const run = promisify(execFile);

interface Step {
  readonly do: 'write' | 'zero' | 'zero blocks' | 'flush' | 'flush beside a write';
  readonly at: number;
  readonly sectors: number;
}

const DEEDS: readonly Step['do'][] = [
  ...(['write', 'write', 'write', 'zero', 'zero blocks', 'zero blocks'] as const),
  ...(['flush', 'flush beside a write'] as const),
];

/** All over the disk. */
const anySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    do: fc.constantFrom(...DEEDS),
    at: fc.nat(VIRTUAL_BYTES / SECTOR_BYTES - 1),
    sectors: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2500 })),
  }),
  { minLength: 1, maxLength: 12, size: 'max' },
);

/** In one block, so that a map of before a cut and what follows it meet. */
const fewSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    do: fc.constantFrom<Step['do']>('write', 'flush'),
    at: fc.nat(MIB / SECTOR_BYTES / 2),
    sectors: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 1, maxLength: 4, size: 'max' },
);

/** What a step made of a range; `data` is zeros where it was zeroed. */
interface Version {
  readonly offset: number;
  readonly data: Buffer;
}

/** As versions come; or all versions before are flushed. */
type Mark = { readonly version: Version } | { readonly flushed: number };

function versionOf({ do: what, at, sectors }: Step, seed: number): Version {
  const place = at * SECTOR_BYTES;
  const offset = what === 'zero blocks' ? place - (place % MIB) : place;
  const length = what === 'zero blocks' ? 2 * MIB : sectors * SECTOR_BYTES;
  const bytes = Math.min(length, VIRTUAL_BYTES - offset);
  return { offset, data: what.startsWith('zero') ? Buffer.alloc(bytes) : pattern(bytes, seed) };
}

/** Does the steps to a disk. Seeds go on from `seed`, so that no two versions are alike. */
async function record(path: string, list: readonly Step[], seed: number) {
  return await recorded<Mark>([path], async ({ mark }) => {
    await using disk = await openForWriting(path);
    let versions = 0;
    const change = async (step: Step) => {
      const version = versionOf(step, seed + versions);
      const { offset, data } = version;
      mark({ version });
      if (step.do.startsWith('zero')) await disk.zero(offset, data.length);
      else await disk.write(offset, data);
      versions++;
    };
    const flush = async () => {
      const flushed = versions;
      await disk.flush();
      mark({ flushed });
    };
    for (const step of list) {
      if (step.do === 'flush') await flush();
      else if (step.do === 'flush beside a write') await Promise.all([flush(), change(step)]);
      else await change(step);
    }
  });
}

const marksOf = (happened: readonly Happening<Mark>[]): Mark[] =>
  happened.flatMap((one) => ('mark' in one ? [one.mark] : []));

/** Each sector is as it was flushed, or as any version since has it. */
function expectOldOrNew(found: Buffer, before: Buffer, happened: readonly Happening<Mark>[]): void {
  const marks = marksOf(happened);
  const versions = marks.flatMap((mark) => ('version' in mark ? [mark.version] : []));
  const flushed = Math.max(0, ...marks.map((mark) => ('flushed' in mark ? mark.flushed : 0)));
  const old = Buffer.from(before);
  for (const { offset, data } of versions.slice(0, flushed)) data.copy(old, offset);
  const since = versions.slice(flushed);
  for (let at = 0; at < found.length; at += SECTOR_BYTES) {
    const sector = found.subarray(at, at + SECTOR_BYTES);
    if (sector.equals(old.subarray(at, at + SECTOR_BYTES))) continue;
    const isNew = since.some(({ offset, data }) => {
      const within = at - offset;
      return within >= 0 && sector.equals(data.subarray(within, within + SECTOR_BYTES));
    });
    if (!isNew) throw new Error(`The sector at ${at} is neither old nor new`);
  }
}

it.each<Kind>(KINDS)(
  '$format, $type $child: old or new in each sector, and it goes on',
  async (kind) => {
    await using folder = await newFolder();
    const made = await makeDisk(folder, kind);
    const whole = await readFile(made);
    let looks = kind.format === 'vhdx' && kind.type !== 'differencing' ? QEMU_LOOKS : 0;
    const steps = kind.child !== undefined ? fewSteps : anySteps;
    await fc.assert(
      fc.asyncProperty(steps, steps, fc.integer(), async (list, more, seed) => {
        const chance = chanceOf(seed);
        await writeFile(made, whole);
        for (const [round, now] of [list, more].entries()) {
          const before = await readFile(made);
          const content = await contentOf(made);
          const happenings = await record(made, now, 100 * (round + 1));
          for (let cut = 0; cut < CUTS; cut++) {
            const happened = happenedBefore(happenings, chance);
            await writeFile(made, afterCut(happened, { file: 0, before, chance }));
            expectOldOrNew(await expectReadable(made), content, happened);
            if (tool !== undefined && looks-- > 0) {
              const { stdout } = await run(tool, ['check', '-f', 'vhdx', made]);
              expect(stdout).toContain('No errors');
            }
          }
        }
      }),
      { numRuns: kind.type === 'fixed' ? 2 : RUNS, endOnFailure: true },
    );
  },
);
