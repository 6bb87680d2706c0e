/** Files of the worker around a definition. */

import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Exported, KINDS } from './container.ts';

/** Windows' names for the files, in a folder that is empty but for them. On disk when this resolves. */
export async function layOut(folder: string, { vmId, files }: Exported): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const kind of KINDS) {
    const bytes = files[kind];
    if (bytes === undefined) continue;
    await using handle = await open(join(folder, `${vmId.toUpperCase()}.${kind}`), 'wx');
    await handle.writeFile(bytes);
    await handle.sync();
  }
}
