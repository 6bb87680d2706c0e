/** The ways that leave the disks where they are. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { watching } from '../../contract/live-fixture.ts';
import { VM_ID } from '../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type HostName, type LiveBench, liveBench, otherOf } from './live-fixture.ts';
import { problemOf, until } from './shell/fixture.ts';

const SHARE = '\\\\files\\vms';
const ISO = '\\\\nas\\iso\\setup.iso';

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const token = (windows: LiveBench) => ({ operation: 'm1', epoch: windows.epoch() });
  async function truth(windows: LiveBench) {
    await windows.guestWrites();
    const { registeredOn, runningOn, lost, ranTwice } = await windows.report();
    expect(runningOn.map(({ host }) => host)).toEqual(registeredOn.map(({ host }) => host));
    return { hosts: registeredOn.map(({ host }) => host), lost, ranTwice };
  }
  const onlyAt = (host: HostName) => ({ hosts: [host], lost: 0, ranTwice: false });
  const lastAsk = (windows: LiveBench, name: string) =>
    windows.simulator.calls.findLast(({ cmdlet }) => cmdlet === name)?.parameters;

  describe('a VM whose disks lie on a share', () => {
    let windows: LiveBench;
    beforeAll(async () => {
      windows = await liveBench(pwsh);
      await windows.simulator.addShare(SHARE, ['hv-a', 'hv-b']);
    });
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    it('goes with its memory alone', async () => {
      await windows.simulator.putOn('sql01', SHARE);
      const what = windows.inPlace('memory only', 'hv-a');
      expect(await windows.live('hv-a').compare(what)).toEqual([]);
      const watch = watching();
      expect(await windows.live('hv-a').move(what, token(windows), watch.watch)).toEqual({
        end: 'moved',
      });
      expect(await truth(windows)).toEqual(onlyAt('hv-b'));
      expect(lastAsk(windows, 'Move-VM')).toEqual({
        VM: expect.anything(),
        DestinationHost: 'hv-b.lab.example',
        IncludeStorage: false,
      });
    });

    it('is told what stands against it, in the words of the host', async () => {
      const what = windows.inPlace('memory only', 'hv-b');
      const message = 'Qualcosa di nuovo';
      await windows.simulator.changeVm(VM_ID, {
        dvdDrives: [{ controller: 0, location: 1, media: 'ISO', path: ISO }],
      });
      windows.simulator.fault({ kind: 'incompatible', messageId: 24999, message, times: 1 });
      const objections = await windows.live('hv-b').compare(what);
      expect(objections).toEqual([
        { id: 40010, source: 'DvdDrive', message: expect.stringContaining(ISO) },
        { id: 24999, source: 'VirtualMachine', message },
      ]);
      const { delegation } = await windows.overlay('hv-b');
      const none = { ...delegation, allowedTo: [] };
      await windows.simulator.changeHost('hv-b', { delegation: none });
      const refused = await problemOf(windows.live('hv-b').compare(what));
      await windows.simulator.changeHost('hv-b', { delegation });
      expect(refused).toMatchObject({ code: 'move-no-credentials', facts: { source: 'hv-b' } });
    });
  });

  describe('a VM that is a role of a cluster', () => {
    let windows: LiveBench;
    beforeAll(async () => {
      windows = await liveBench(pwsh, async ({ simulator }) => {
        await simulator.makeCluster('ferry', ['sql01']);
      });
    });
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    it('is moved by the cluster', async () => {
      const from = await windows.home();
      const what = windows.inPlace('cluster role', from);
      expect(await windows.live(from).compare(what)).toEqual([]);
      const watch = watching();
      expect(await windows.live(from).move(what, token(windows), watch.watch)).toEqual({
        end: 'moved',
      });
      expect(await truth(windows)).toEqual(onlyAt(otherOf(from)));
      expect(lastAsk(windows, 'Move-ClusterVirtualMachineRole')).toMatchObject({
        Node: otherOf(from),
        MigrationType: 'Live',
        Wait: 0,
      });
    });

    it.each([
      [60, 'not moved'],
      [97, 'moved'],
    ])('can be cancelled by the cluster while its data go: at %i %%', async (percent, end) => {
      const from = await windows.home();
      const watch = watching();
      windows.simulator.holdMoves(percent);
      const what = windows.inPlace('cluster role', from);
      const moving = windows.live(from).move(what, token(windows), watch.watch);
      await windows.simulator.held('sql01', percent);
      await until(() => watch.told.at(-1)?.percent === percent);
      watch.cancel();
      if (end === 'moved') windows.simulator.releaseMoves();
      expect((await moving).end).toBe(end);
      windows.simulator.releaseMoves();
      expect(await truth(windows)).toEqual(onlyAt(end === 'moved' ? otherOf(from) : from));
    });

    it('stays where it is when the cluster refuses', async () => {
      const from = await windows.home();
      await windows.simulator.setPossibleOwners('sql01', [from]);
      const what = windows.inPlace('cluster role', from);
      const end = await windows.live(from).move(what, token(windows), watching().watch);
      expect(end).toMatchObject({ end: 'not moved', why: { code: 'move-cluster-refused' } });
      expect(await truth(windows)).toEqual(onlyAt(from));
    });
  });
}
