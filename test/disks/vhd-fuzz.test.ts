/** Whatever stands in the structures of a VHD, it is read or refused: never a bug, never without end. */

import { copyFile, stat } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainFiles, openChain } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { FOOTER_BYTES } from '../../src/disks/vhd/footer.ts';
import { Problem } from '../../src/domain/problem.ts';
import { MIB, newFolder, pattern, write } from './folder.ts';
import { put } from './harm.ts';
import { bothFooters, endFooter, header, TABLE } from './vhd-harm.ts';

/** Numbers that break what does not look at them, and some of any kind. */
const bytes = fc.oneof(
  fc.constantFrom('00', 'ff', '7fffffffffffffff', 'ffffffffffffffff', '80000000', '00000200'),
  fc.constantFrom(
    '0000000000000200',
    '00000000000005ff',
    '00100000',
    '00200000',
    '0000000000100000',
  ),
  fc.uint8Array({ minLength: 1, maxLength: 8 }).map((some) => Buffer.from(some).toString('hex')),
);
const changes = fc.array(
  fc.record({
    where: fc.constantFrom('end', 'both', 'header', 'map'),
    at: fc.oneof(fc.nat(100), fc.nat(1015)),
    bytes,
  }),
  { minLength: 1, maxLength: 3, size: 'max' },
);

it('refuses or reads a VHD of any numbers', async () => {
  await using folder = await newFolder();
  const [base, child] = [folder.path('b.vhd'), folder.path('c.avhd')];
  await createDisk(base, { virtualBytes: 4 * MIB, blockBytes: MIB, format: 'vhd' });
  await write(base, 0, pattern(2 * MIB, 1));
  await createChild(child, base, { blockBytes: MIB });
  await write(child, 512, pattern(512, 2));
  const met = { read: 0, refused: new Map<string, number>() };
  await fc.assert(
    fc.asyncProperty(changes, fc.constantFrom(base, child), async (list, of) => {
      const path = folder.path('fuzzed.vhd');
      await copyFile(of, path);
      for (const change of list) await harm(path, change);
      try {
        await chainFiles(path);
        await using disk = await openChain(path);
        for await (const extent of disk.extents()) {
          const content = Buffer.alloc(Math.min(extent.length, MIB));
          await disk.read(extent.offset, content);
        }
        met.read++;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        met.refused.set(error.code, (met.refused.get(error.code) ?? 0) + 1);
      }
    }),
    { numRuns: 400 },
  );
  expect(met.read).toBeGreaterThan(0);
  for (const code of ['disk-damaged', 'disk-truncated', 'disk-unsupported'])
    expect(met.refused.get(code)).toBeGreaterThan(0);
});

/** Checksums are made right again, so that what is behind them is met. */
async function harm(path: string, change: { where: string; at: number; bytes: string }) {
  const into = (structure: Buffer) =>
    structure.write(change.bytes, Math.min(change.at, structure.length - 8), 'hex');
  if (change.where === 'map')
    return put(TABLE + (change.at % 16), Buffer.from(change.bytes, 'hex'))(path);
  expect((await stat(path)).size).toBeGreaterThan(FOOTER_BYTES);
  if (change.where === 'end') return endFooter(into)(path);
  return change.where === 'both' ? bothFooters(into)(path) : header(into)(path);
}
