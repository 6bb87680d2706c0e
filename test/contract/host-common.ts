/** What every driver of the `Host` port does, whichever ways to move a VM it has. */

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Token } from '../../src/domain/journal.ts';
import { configurationFingerprint, type VmFacts } from '../../src/domain/vm.ts';
import type { Host } from '../../src/hosts/host.ts';
import { volumeOf } from '../../src/preflight/capacity.ts';
import { towardsOf } from '../../src/preflight/reach.ts';
import { type HostFixture, newToken, refused, seenOn, UNKNOWN_ID } from './host-fixture.ts';

/** `setup` comes before each test; what is slow to open a driver may share between them. */
export function hostContract(name: string, setup: () => Promise<HostFixture>): void {
  describe(`${name}: the contract of a host`, () => {
    let fixture: HostFixture;
    let source: Host;
    let vmId: string;
    let token: Token;
    beforeEach(async () => {
      fixture = await setup();
      ({ source, vmId } = fixture);
      token = newToken();
    });
    afterEach(async () => {
      await fixture?.[Symbol.asyncDispose]();
    });

    const seen = (): Promise<VmFacts> => seenOn(source, vmId);

    it('shows itself, and the other host over the network, where there is one to look at', async () => {
      const facts = await source.facts();
      expect(facts.name).toBe(source.name);
      expect(facts.vms.map(({ id }) => id)).toContain(vmId);
      expect(facts.methods.includes('live')).toBe(source.live !== undefined);
      expect(facts.methods).not.toEqual([]);
      const paths = facts.volumes.map(({ path }) => path);
      expect((await source.volumes()).map(({ path }) => path)).toEqual(paths);
      expect(await source.slots()).toBe(facts.slotsMax);
      expect(volumeOf(facts)?.bytesFree).toBeGreaterThan(0);
      expect(volumeOf(facts)?.bytesFree).toBeLessThan(volumeOf(facts)?.bytesTotal ?? 0);
      for (const count of [facts.processors, facts.slotsMax, facts.networks.length]) {
        expect(count).toBeGreaterThan(0);
      }
      const connected = facts.vms.flatMap(({ adapters }) => adapters.map((each) => each.switch));
      expect(facts.switches.map((each) => each.name)).toEqual(expect.arrayContaining(connected));
      const towards = towardsOf(facts, await fixture.target.facts());
      expect(source.reach === undefined).toBe(towards === undefined);
      if (!source.reach || !towards) return;
      const yes = { value: true };
      expect(await source.reach(towards)).toMatchObject({
        host: towards.host,
        migrationPort: yes,
        smbPort: yes,
        managementPort: yes,
        fullName: { value: expect.arrayContaining([towards.address]) },
      });
    });

    it('shows a VM that runs with its disks, its network and its guest', async () => {
      const { vmName } = fixture;
      const vm = await seen();
      expect(vm).toMatchObject({ id: vmId, name: vmName, state: 'Running', merging: false });
      expect(vm).toMatchObject({ guest: { heartbeat: true }, checkpoints: [], notes: '' });
      expect(vm.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(vm.memoryAssignedBytes).toBeGreaterThan(0);
      const ids = vm.disks.map(({ id }) => id);
      expect(ids.length).toBeGreaterThan(1);
      expect(new Set(ids).size).toBe(ids.length);
      for (const disk of vm.disks) {
        expect(disk).toMatchObject({ format: 'vhdx', chainLength: 1, path: expect.any(String) });
        expect(Math.min(disk.virtualBytes, disk.fileBytes)).toBeGreaterThan(0);
      }
      for (const { mac } of vm.adapters) expect(mac).toMatch(/^[0-9A-F]{12}$/);
      expect(await fixture.target.vm(vmId)).toBeUndefined();
    });

    it('finds a VM by its name as people write it, and no other one', async () => {
      const { vmName, target } = fixture;
      expect((await source.findVm(vmName.toUpperCase()))?.id).toBe(vmId);
      // A pattern; a letter that no screen shows.
      for (const name of [`${vmName}*`, `${vmName}\u00ad`]) {
        expect(await source.findVm(name)).toBeUndefined();
      }
      expect(await source.vm(UNKNOWN_ID)).toBeUndefined();
      expect(await target.findVm(vmName)).toBeUndefined();
    });

    it('G.6 says that a name is ambiguous, unless one VM has the very same', async () => {
      const { vmName } = fixture;
      const other = vmName.toUpperCase();
      const removeOther = await fixture.addVm(other);
      expect(await source.findVm(other)).toMatchObject({ name: other, state: 'Off', disks: [] });
      const mixed = `${other.slice(0, 1)}${vmName.slice(1)}`;
      const ambiguous = { code: 'vm-ambiguous', facts: { vm: mixed, count: 2 } };
      await expect(source.findVm(mixed)).rejects.toMatchObject(ambiguous);
      const removeSame = await fixture.addVm(vmName);
      await expect(source.findVm(vmName)).rejects.toEqual(refused('vm-ambiguous'));
      await removeSame();
      await removeOther();
    });

    it('counts the memory of what runs, and knows what runs', async () => {
      const before = await source.facts();
      await fixture.personStops();
      const after = await source.facts();
      const vm = await seen();
      expect(after.memoryBytesFree - before.memoryBytesFree).toBe(vm.memoryStartupBytes);
      expect(vm).toMatchObject({ state: 'Off', memoryAssignedBytes: 0 });
      expect(vm).not.toHaveProperty('guest');
      expect(after.memoryBytesTotal).toBe(before.memoryBytesTotal);
    });

    it('shows a checkpoint that is not ours, and the same configuration with it and without', async () => {
      const before = await seen();
      const end = await fixture.foreignCheckpoint();
      const during = await seen();
      expect(during.checkpoints).toMatchObject([{ ours: false, name: expect.any(String) }]);
      expect(during.disks.every(({ chainLength }) => chainLength === 2)).toBe(true);
      await end();
      await fixture.personStops();
      const after = await seen();
      expect(after).toMatchObject({ state: 'Off', checkpoints: [] });
      expect(after.disks.map(({ path }) => path)).toEqual(before.disks.map(({ path }) => path));
      const fingerprints = [before, during, after].map(configurationFingerprint);
      expect(new Set(fingerprints).size).toBe(1);
    });

    it('sets what it does with a VM at its own start, again and again', async () => {
      for (const action of ['StartIfRunning', 'Start', 'Start'] as const) {
        await source.setStartAction(vmId, action, token);
      }
      expect((await seen()).startAction).toBe('Start');
      await expect(source.setStartAction(UNKNOWN_ID, 'Start', token)).rejects.toEqual(
        refused('vm-unknown'),
      );
    });

    it('refuses a lower epoch, and an operation that another one has followed', async () => {
      await source.setStartAction(vmId, 'Nothing', token);
      const late = { ...token, epoch: token.epoch - 1 };
      await expect(source.setStartAction(vmId, 'Start', late)).rejects.toEqual(
        refused('epoch-behind'),
      );
      await source.setStartAction(vmId, 'Nothing', { ...newToken(), epoch: 1 });
      const followed = { ...token, epoch: 99 };
      for (const act of [
        () => source.setStartAction(vmId, 'Start', followed),
        () => source.start(vmId, followed),
      ]) {
        await expect(act()).rejects.toEqual(refused('epoch-behind'));
      }
      expect((await seen()).startAction).toBe('Nothing');
    });

    it('starts a VM once, however often and by however many it is asked', async () => {
      expect(await source.start(vmId, token)).toBe('ran');
      await fixture.personStops();
      const starts = [1, 2].map(() => source.start(vmId, token));
      expect(await Promise.all(starts)).toEqual(['ran', 'ran']);
      expect(await source.start(vmId, token)).toBe('ran');
      await fixture.guestWrites();
      expect(await seen()).toMatchObject({ state: 'Running', guest: { heartbeat: true } });
      await expect(source.start(UNKNOWN_ID, token)).rejects.toEqual(refused('vm-unknown'));
    });

    it('never says of a start that failed that it ran', async () => {
      await fixture.personStops();
      const mend = await fixture.startsFail();
      const outcome = await source.start(vmId, token).catch((error: unknown) => error);
      // Proven, or else it says that it does not know.
      if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'Problem' });
      else expect(outcome).not.toBe('ran');
      expect((await seen()).state).toBe('Off');
      await mend();
      expect(await source.start(vmId, token)).toBe('ran');
    });
  });
}
