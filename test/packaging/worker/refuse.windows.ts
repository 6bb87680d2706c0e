/** What `install-worker.ps1` refuses, before it changes anything. */

import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { requireTool } from '../../tools.ts';
import { MANAGED, Windows } from './windows.ts';

jest.setTimeout(180_000);

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  describe('what it refuses, before it changes anything', () => {
    let windows: Windows;
    let folder: string;
    beforeAll(async () => {
      windows = await Windows.open(pwsh);
      folder = await windows.unpack({ version: '1.0.0' });
    });
    afterAll(() => windows.close());
    const refused = async (options: string): Promise<string> => {
      const { code, said } = await windows.install(folder, options);
      expect(code).not.toBe(0);
      expect(windows.changes).toEqual([]);
      return said;
    };

    it('settings, accounts and addresses that cannot be', async () => {
      const install = `-Install ${windows.settings}`;
      const cases = [
        [`${install} -Account 'CORP\\ferry'`, 'no group-managed'],
        [install, 'which account'],
        [`${install} ${MANAGED} -LocalAccount`, 'not both'],
        [`${install} ${MANAGED} -Settings @{ FERRY_HOST = '' }`, 'lack FERRY_HOST'],
        [`${install} ${MANAGED} -Settings @{ FERRY_LAB = 'x' }`, 'FERRY_LAB'],
        [`${install} ${MANAGED} -Settings @{ FERRY_LISTEN = '0.0.0.0:7420' }`, '-MigrationSubnet'],
        [
          `${install} ${MANAGED} -Settings @{ FERRY_LISTEN = '10.0.9.12:7420' }`,
          'no address of this host',
        ],
        ['-Upgrade', '-Install'],
      ] as const;
      const said = await windows.refusals(
        folder,
        cases.map(([options]) => options),
      );
      expect(said).toEqual(cases.map(([, words]) => expect.stringContaining(words)));
      expect(windows.changes).toEqual([]);
    });

    it('a folder that holds something else', async () => {
      await mkdir(windows.path('Ferry'));
      await writeFile(windows.path('Ferry/letters.txt'), '');
      expect(await refused(`-Install ${windows.settings} ${MANAGED}`)).toContain('letters.txt');
    });

    it('a package with a changed file', async () => {
      await appendFile(join(folder, 'service/keep-worker.ts'), '// changed');
      expect(await refused(`-Install ${windows.settings} ${MANAGED}`)).toContain(
        'not as it was packed',
      );
    });
  });
}
