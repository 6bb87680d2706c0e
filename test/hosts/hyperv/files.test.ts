/** Which files of VMs lie on a host's volumes. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { filesOn } from '../../../src/hosts/hyperv/facts/files.ts';

it('finds the files of VMs where Hyper-V puts them, and no others', async () => {
  const volume = await mkdtemp(join(tmpdir(), 'ferry-files-'));
  try {
    const disks = join(volume, 'dc02', 'Virtual Hard Disks');
    await mkdir(join(disks, '1'), { recursive: true });
    await writeFile(join(disks, 'system.vhdx'), '');
    await writeFile(join(disks, '1', 'data.vhdx'), '');
    await writeFile(join(volume, 'dc02', 'notes.txt'), '');
    const found = await filesOn([volume]);
    expect('value' in found && found.value.toSorted()).toEqual([
      join(disks, '1', 'data.vhdx'),
      join(disks, 'system.vhdx'),
    ]);
    const gone = await filesOn([join(volume, 'gone')]);
    expect(gone).toEqual({ unread: expect.stringContaining('gone') });
  } finally {
    await rm(volume, { recursive: true });
  }
});
