/** What the cutover must not get wrong: killed in between, refused by Windows, or guessed. */

import { access } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FENCED } from '../../../src/hosts/files.ts';
import type { Host } from '../../../src/hosts/host.ts';
import { requireVm, setHostFaults } from '../../../src/hosts/lab/state.ts';
import { newToken, refused, seenOn } from '../../contract/host-fixture.ts';
import { requireTool } from '../../tools.ts';
import { until } from '../../until.ts';
import { type LiveBench, liveBench } from './live-fixture.ts';
import { type StreamingVm, streamingVm } from './streaming-fixture.ts';

const STOP_SECONDS = 20;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  describe('the cutover of Hyper-V', () => {
    let windows: LiveBench;
    let vm: StreamingVm;
    let host: Host;
    const token = newToken();
    beforeAll(async () => {
      windows = await liveBench(pwsh);
    });
    beforeEach(async () => {
      vm = await streamingVm(windows);
      host = vm.source;
    });
    afterEach(async () => {
      await vm?.[Symbol.asyncDispose]();
    });
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    const place = () => ({ dir: windows.dir, host: 'hv-a', vmId: vm.vmId });
    const leaves = async () => (await requireVm(place())).disks.map(({ path }) => path);
    const stop = () => host.stop(vm.vmId, STOP_SECONDS, token);
    const startIsRefused = () => windows.fails('Start-VM', { Name: vm.vmName });

    it('finds the VM off after a worker was killed while it shut down', async () => {
      await vm.diesAt('Stop-VM', {
        acts: true,
        during: (dying) => dying.stop(vm.vmId, STOP_SECONDS, token),
      });
      expect(await stop()).toBe('was off');
    });

    it('waits longer than Windows for a slow guest, and no longer than it was told', async () => {
      windows.simulator.fault({ kind: 'stops-late', milliseconds: 3000, times: 1 });
      expect(await stop()).toBe('stopped');
      await host.start(vm.vmId, token);
      await setHostFaults(windows.dir, 'hv-a', { guestWillNotStop: true });
      windows.simulator.setPace({ stopMilliseconds: 500 });
      expect(await host.stop(vm.vmId, 1, token)).toBe('will not stop');
      expect((await seenOn(host, vm.vmId)).state).toBe('Running');
      await setHostFaults(windows.dir, 'hv-a', {});
      windows.simulator.setPace({ stopMilliseconds: 20_000 });
    });

    it('tells why the guest was not even asked', async () => {
      windows.simulator.fault({
        kind: 'error',
        cmdlet: 'Stop-VM',
        message: 'A user is logged on.',
        times: 1,
      });
      await expect(stop()).rejects.toMatchObject({
        code: 'stop-refused',
        facts: { message: expect.stringContaining('A user is logged on.') },
      });
    });

    it.each([
      ['Disconnect-VMNetworkAdapter', true],
      ['Disconnect-VMNetworkAdapter', false],
    ])('fences again what a worker killed at %s (done: %s) began', async (cmdlet, acts) => {
      const before = (await requireVm(place())).adapters;
      await stop();
      await vm.diesAt(cmdlet, { acts, during: (dying) => dying.fence(vm.vmId, token) });
      await host.fence(vm.vmId, token);
      expect(await host.isFenced(vm.vmId)).toBe(true);
      expect(await startIsRefused()).toMatchObject({
        message: expect.stringContaining('80070002'),
      });
      await host.unfence(vm.vmId, token);
      expect((await requireVm(place())).adapters).toEqual(before);
    });

    it('keeps a VM from starting at every moment while its rounds merge', async () => {
      await host.openRound(vm.vmId, 0, token);
      await vm.guestWrites();
      await host.openRound(vm.vmId, 1, token);
      await stop();
      await host.fence(vm.vmId, token);
      windows.simulator.holdMerges();
      const merged = host.stopTracking(vm.vmId, token);
      // The guard is there, and its file is not.
      await until(async () => (await requireVm(place())).disks.length === 3);
      expect(await startIsRefused()).toBeDefined();
      expect(await host.isFenced(vm.vmId)).toBe(true);
      windows.simulator.releaseMerges();
      await merged;
      expect(await host.isFenced(vm.vmId)).toBe(true);
      for (const path of await leaves()) await access(path + FENCED);
      expect(await startIsRefused()).toBeDefined();
    });

    it.each(['Add-VMHardDiskDrive', 'Remove-VMHardDiskDrive'])(
      'ends what a worker killed at %s began, fenced all the while',
      async (cmdlet) => {
        await stop();
        await host.fence(vm.vmId, token);
        await vm.diesAt(cmdlet, {
          acts: true,
          during: (dying) => dying.stopTracking(vm.vmId, token),
        });
        expect(await startIsRefused()).toBeDefined();
        expect(await host.isFenced(vm.vmId)).toBe(true);
        await host.stopTracking(vm.vmId, token);
        const seen = await seenOn(host, vm.vmId);
        expect(seen.checkpoints).toEqual([]);
        expect(seen.disks).toHaveLength(2);
        await host.unfence(vm.vmId, token);
        expect(await host.start(vm.vmId, token)).toBe('ran');
      },
    );

    it('proves that a start came to nothing, and says in Windows words why', async () => {
      await stop();
      await setHostFaults(windows.dir, 'hv-a', { startFails: true });
      expect(await host.start(vm.vmId, token)).toMatchObject({ message: expect.any(String) });
      await setHostFaults(windows.dir, 'hv-a', {});
      expect(await host.start(vm.vmId, token)).toBe('ran');
      await vm.guestWrites();
      await vm.personStops();
      await setHostFaults(windows.dir, 'hv-a', { startFails: true });
      // Somebody ran it since we closed it.
      await expect(host.start(vm.vmId, token)).rejects.toEqual(refused('start-unknown'));
      await setHostFaults(windows.dir, 'hv-a', {});
    });

    it('proves nothing of a VHD, which does not say when it was written', async () => {
      await stop();
      await windows.simulator.withVhd(vm.vmId);
      expect(await stop()).toBe('was off');
      await setHostFaults(windows.dir, 'hv-a', { startFails: true });
      await expect(host.start(vm.vmId, token)).rejects.toEqual(refused('start-unknown'));
      await setHostFaults(windows.dir, 'hv-a', {});
    });
  });
}
