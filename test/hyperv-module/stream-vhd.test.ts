/** A VM with a VHD beside its VHDX on the simulated Windows: checkpoints, merges and moves of both. */

import { basename, extname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { chainFiles } from '../../src/disks/chain.ts';
import { bench } from './simulator-fixture.ts';
import { onlyAt, truth } from './simulator-moves.ts';
import { chainOf, cimOf } from './stream-fixture.ts';

describe('a VM with a VHD', () => {
  it.each(['dynamic', 'fixed'] as const)(
    'is frozen and merged like any other: %s',
    async (type) => {
      await using windows = await bench({ boot: false });
      await windows.simulator.withVhd('sql01', { disks: [1], type });
      await windows.ask('Start-VM', { Name: 'sql01' });
      await windows.guestWrites();
      const [vhdx] = await chainOf(windows);
      const base = await chainOf(windows, 'hv-a', 1);
      expect([vhdx, ...base].map((path = '') => basename(path))).toEqual([
        'sql01.vhdx',
        'sql01-1.vhd',
      ]);
      expect(await windows.one('Get-VHD', { Path: base[0] })).toMatchObject({
        VhdFormat: { value: 2 },
        VhdType: { value: type === 'fixed' ? 2 : 3 },
        Size: 48 * 1024 * 1024,
        ParentPath: '',
      });
      const cim = cimOf(windows);
      const first = await cim.freeze();
      await windows.guestWrites();
      const second = await cim.freeze();
      await windows.guestWrites();
      const chain = await chainOf(windows, 'hv-a', 1);
      expect(chain.map((path) => extname(path))).toEqual(['.avhd', '.avhd', '.vhd']);
      expect(extname((await chainOf(windows))[0] ?? '')).toBe('.avhdx');
      // What is frozen is read by our own format, and nobody writes to it.
      const frozen = async () =>
        (await chainFiles(chain[1] ?? '')).map(({ format, identity }) => [format, identity]);
      const before = await frozen();
      expect(before.map(([format]) => format)).toEqual(['vhd', 'vhd']);
      await windows.guestWrites();
      expect(await frozen()).toEqual(before);
      for (const id of [first, second]) {
        await cim.destroy(id);
        await windows.simulator.mergesEnded('sql01');
      }
      expect(await chainOf(windows, 'hv-a', 1)).toEqual(base);
      await windows.guestWrites();
      expect(await truth(windows)).toEqual(onlyAt('hv-a'));
    },
  );

  it('takes its VHD chains along when it moves live', async () => {
    await using windows = await bench({ boot: false });
    await windows.simulator.withVhd('sql01');
    await windows.ask('Start-VM', { Name: 'sql01' });
    await cimOf(windows).freeze();
    await windows.guestWrites();
    const { errors } = await windows.ask('Move-VM', {
      Name: 'sql01',
      DestinationHost: 'hv-b',
      IncludeStorage: true,
      DestinationStoragePath: `${windows.dir}/hosts/hv-b/disks/sql01`,
    });
    expect(errors).toEqual([]);
    const chain = await chainOf(windows, 'hv-b', 1);
    expect(chain.map((path) => extname(path))).toEqual(['.avhd', '.vhd']);
    for (const path of chain) expect(path).toContain('hosts/hv-b');
    expect(await truth(windows)).toEqual(onlyAt('hv-b'));
  });
});
