/** Which driver a worker's configuration asks for. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createLab } from '../../src/hosts/lab/create.ts';
import { openHost } from '../../src/hosts/open.ts';

const config = (folder: string, more: object = {}) => ({
  FERRY_HOST: 'hv-a',
  FERRY_STATE: folder,
  STORE_URL: 'redis://127.0.0.1:6379',
  ...more,
});

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-open-'));
  try {
    await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the driver of a host', () => {
  it('is the simulated one where a lab is named', () =>
    inFolder(async (folder) => {
      await createLab(folder, { vms: [] });
      await using host = await openHost(config(folder, { FERRY_LAB: folder }));
      expect((await host.facts()).methods).toEqual(['stream']);
    }));

  it('is that of Hyper-V elsewhere, with the PowerShell that is named', () =>
    inFolder(async (folder) => {
      const FERRY_POWERSHELL = join(folder, 'no-powershell');
      await using host = await openHost(config(folder, { FERRY_POWERSHELL }));
      await expect(host.facts()).rejects.toMatchObject({
        code: 'powershell-missing',
        facts: { host: 'hv-a', executable: FERRY_POWERSHELL },
      });
    }));

  it('answers nothing more once its worker has let go of it', () =>
    inFolder(async (folder) => {
      const host = await openHost(config(folder, { FERRY_POWERSHELL: join(folder, 'none') }));
      await host[Symbol.asyncDispose]();
      await expect(host.facts()).rejects.toMatchObject({ code: 'powershell-closed' });
    }));
});
