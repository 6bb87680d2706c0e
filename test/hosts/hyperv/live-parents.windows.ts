/** Disks that stand on others, really: what Windows is told, and what is where afterwards. */

import { mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chainFiles } from '../../../src/disks/chain.ts';
import { createChild } from '../../../src/disks/create.ts';
import type { LiveMove } from '../../../src/domain/live.ts';
import { stopVm } from '../../../src/hosts/lab/machine.ts';
import { personStarts } from '../../../src/hosts/lab/power.ts';
import { requireVm } from '../../../src/hosts/lab/state.ts';
import { watching } from '../../contract/live-fixture.ts';
import { type Bench, VM, VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type LiveBench, liveBench } from './live-fixture.ts';
import { problemOf } from './shell/fixture.ts';

const STOP_SECONDS = 20;
const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  /** The VM's disks become children of themselves as they were, in another folder. Gives the bases. */
  async function onBases({ dir }: Bench): Promise<string[]> {
    const place = { dir, host: 'hv-a', vmId: VM_ID };
    await stopVm(place, STOP_SECONDS, { byHost: true });
    const { disks } = await requireVm(place);
    const folder = join(dirname(disks[0]?.path ?? ''), 'bases');
    await mkdir(folder);
    const bases: string[] = [];
    for (const [index, { path }] of disks.entries()) {
      const base = join(folder, `base${index}.vhdx`);
      await rename(path, base);
      await createChild(path, base);
      bases.push(base);
    }
    await personStarts(dir, 'hv-a', VM.name);
    return bases;
  }

  describe('a VM whose disks stand on others', () => {
    let windows: LiveBench;
    let bases: string[];
    beforeAll(async () => {
      windows = await liveBench(pwsh, async (one) => {
        bases = await onBases(one);
      });
      await windows.guestWrites();
    });
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });
    const token = () => ({ operation: 'm1', epoch: windows.epoch() });

    /** With a place for each base, in another folder than the disks'. */
    async function withParents(): Promise<LiveMove> {
      const plain = await windows.withStorage('hv-a');
      const parents = bases.map((sourcePath) => {
        const folder = join(plain.folder ?? '', 'Virtual Hard Disks', '9');
        return { sourcePath, targetPath: join(folder, basename(sourcePath)) };
      });
      return { ...plain, parents };
    }

    it('is refused by Windows where a base has no place', async () => {
      const plain = await windows.withStorage('hv-a');
      const { parents: [first] = [] } = await withParents();
      if (!first) throw new Error('There are two bases');
      for (const what of [plain, { ...plain, parents: [first] }]) {
        const problem = await problemOf(windows.live('hv-a').compare(what));
        expect(problem.facts.message).toContain(what === plain ? 'base0.vhdx' : 'base1.vhdx');
      }
    });

    it('moves with its bases, which are named, and stay at the source too', async () => {
      const what = await withParents();
      expect(await windows.live('hv-a').compare(what)).toEqual([]);
      const watch = watching();
      expect(await windows.live('hv-a').move(what, token(), watch.watch)).toEqual({ end: 'moved' });
      const asked = windows.simulator.calls.findLast(({ cmdlet }) => cmdlet === 'Move-VM');
      const places = [...what.disks, ...(what.parents ?? [])];
      expect(asked?.parameters).toMatchObject({
        VirtualMachinePath: what.folder,
        Vhds: places.map(({ sourcePath, targetPath }) => {
          return { SourceFilePath: sourcePath, DestinationFilePath: targetPath };
        }),
      });
      await windows.guestWrites();
      const { registeredOn, lost, ranTwice } = await windows.report();
      expect([registeredOn.map(({ host }) => host), lost, ranTwice]).toEqual([['hv-b'], 0, false]);
      for (const [index, { sourcePath, targetPath }] of what.disks.entries()) {
        const chain = (await chainFiles(targetPath)).map(({ identity }) => identity.path);
        expect(chain).toEqual([targetPath, what.parents?.[index]?.targetPath]);
        await expect(stat(sourcePath)).rejects.toThrow('ENOENT');
      }
      for (const base of bases) expect((await stat(base)).size).toBeGreaterThan(0);
    });
  });
}
