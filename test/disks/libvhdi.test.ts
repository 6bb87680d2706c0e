/** libvhdi reads chains, which QEMU does not: a second opinion on differencing disks of both formats. */

import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, it, test } from '@jest/globals';
import { chainFiles } from '../../src/disks/chain.ts';
import { createChild, createDisk } from '../../src/disks/create.ts';
import { mergeIntoParent, reparent } from '../../src/disks/merge.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import { contentOf, MIB, newFolder, pattern } from './folder.ts';

/** Debian's python3-libvhdi is for Debian's own Python. */
const PYTHON = '/usr/bin/python3';
const MISSING = 'not run here: libvhdi is missing (install python3-libvhdi)';
const READ = `
import hashlib, json, pyvhdi, sys
files = []
for path in sys.argv[1:]:
    file = pyvhdi.file()
    file.open(path)
    files.append(file)
for child, parent in zip(files, files[1:]):
    child.set_parent(parent)
leaf = files[0]
size = leaf.get_media_size()
digest = hashlib.sha256()
at = 0
while at < size:
    data = leaf.read_buffer(min(1 << 20, size - at))
    digest.update(data)
    at += len(data)
print(json.dumps({
    "size": size,
    "digest": digest.hexdigest(),
    "ids": [file.get_identifier() for file in files],
    "parents": [file.get_parent_identifier() for file in files],
}))
`;

const run = promisify(execFile);

function isThere(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import pyvhdi'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** As other readers have it: a chain, leaf first. */
async function readBy(leaf: string) {
  const paths = (await chainFiles(leaf)).map(({ identity }) => identity.path);
  const { stdout } = await run(PYTHON, ['-c', READ, ...paths]);
  return JSON.parse(stdout) as {
    size: number;
    digest: string;
    ids: string[];
    parents: (string | null)[];
  };
}

const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

if (!isThere()) {
  if ((process.env.FERRY_REQUIRE ?? '').split(',').includes('libvhdi')) throw new Error(MISSING);
  test(MISSING, () => {
    process.stderr.write(`${MISSING}\n`);
  });
} else {
  it.each([
    { format: 'vhd', type: 'dynamic' },
    { format: 'vhd', type: 'fixed' },
    { format: 'vhdx', type: 'dynamic' },
    { format: 'vhdx', type: 'fixed' },
  ] as const)(
    'reads our chains on a $type $format as we do, also when merged',
    async ({ format, type }) => {
      await using folder = await newFolder();
      const [base, middle, leaf] = ['b', 'm', 'l'].map(folder.path) as [string, string, string];
      const virtualBytes = 20 * MIB + 4096;
      await createDisk(base, { virtualBytes, format, type, blockBytes: 2 * MIB });
      {
        await using disk = await openForWriting(base);
        for (const at of [17, 2, 9]) await disk.write(at * MIB + 512, pattern(2 * MIB, at));
        await disk.write(virtualBytes - 4096, pattern(4096, 1));
      }
      for (const [child, parent] of [
        [middle, base],
        [leaf, middle],
      ] as const) {
        await createChild(child, parent);
        await using disk = await openForWriting(child);
        for (let at = 1; at < 20; at += 3) {
          // libvhdi 20210425 takes the rest of a byte of a VHD's bitmap for set after a run that ends in
          // it: a sector read alone shows it. So runs begin at any sector, and end where a byte does.
          const length = 512 * (1 + (at % 5));
          await disk.write(
            at * MIB + (child === leaf ? 20_480 : 12_288) - length,
            pattern(length, at),
          );
        }
        await disk.zero(9 * MIB, 4096);
      }
      const content = await contentOf(leaf);
      const read = await readBy(leaf);
      expect(read).toMatchObject({ size: virtualBytes, digest: digestOf(content) });
      // Each child names the one below it, by what libvhdi takes for its identifier too.
      expect(read.parents.slice(0, 2)).toEqual(read.ids.slice(1));
      await mergeIntoParent(middle);
      await reparent(leaf, base);
      expect(await readBy(leaf)).toMatchObject({ digest: digestOf(content) });
      await mergeIntoParent(leaf);
      expect(await readBy(base)).toMatchObject({ digest: digestOf(content) });
    },
  );
}
