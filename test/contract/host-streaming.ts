/** What a driver does whose hosts Ferry can stream from and to: rounds, the fence, and a copy that runs. */

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Token } from '../../src/domain/journal.ts';
import type { FrozenRound } from '../../src/domain/round.ts';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { Host } from '../../src/hosts/host.ts';
import { copied } from './host-copy.ts';
import { type HostFixture, newToken, refused, seenOn } from './host-fixture.ts';

export interface StreamingFixture extends HostFixture {
  /** What the guest's own consistency says about its disks in these files, by disk. */
  expectConsistent(files: Readonly<Record<string, string>>): Promise<void>;
}

const STOP_SECONDS = 20;

/** `setup` comes before each test: tests leave VMs off, fenced, and registered on both hosts. */
export function streamingContract(name: string, setup: () => Promise<StreamingFixture>): void {
  describe(`${name}: the contract of a host that streams`, () => {
    let fixture: StreamingFixture;
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

    const seen = (host = source): Promise<VmFacts> => seenOn(host, vmId);

    it('freezes all disks between two writes, and the same again under the same number', async () => {
      await fixture.guestWrites();
      const round = await source.openRound(vmId, 0, token);
      await fixture.expectConsistent(filesOf(round));
      await fixture.guestWrites();
      expect(await source.openRound(vmId, 0, token)).toEqual(round);
      expect(round.disks.every(({ parent }) => parent === undefined)).toBe(true);
      await fixture.expectConsistent(filesOf(round));
      expect((await seen()).checkpoints).toMatchObject([
        { name: `ferry ${token.operation} round 0`, ours: true },
      ]);
    });

    it('makes each round the child of the one before, on a chain of at most three files', async () => {
      let before = await source.openRound(vmId, 0, token);
      for (const number of [1, 2, 3]) {
        await fixture.guestWrites();
        const round = await source.openRound(vmId, number, token);
        expect(round.disks.map(({ parent }) => parent)).toEqual(
          before.disks.map(({ file }) => file),
        );
        expect((await seen()).disks.map(({ chainLength }) => chainLength)).toContain(3);
        await fixture.expectConsistent(filesOf(round));
        before = await source.closeRounds(vmId, number - 1, token);
        expect(await source.closeRounds(vmId, number - 1, token)).toEqual(before);
        expect(before.number).toBe(number);
        expect(before.disks.every(({ parent }) => parent === undefined)).toBe(true);
        await fixture.expectConsistent(filesOf(before));
      }
    });

    it('does not open a third round, nor close the newest one', async () => {
      await source.openRound(vmId, 0, token);
      await expect(source.closeRounds(vmId, 0, token)).rejects.toEqual(
        refused('round-not-followed'),
      );
      await source.openRound(vmId, 1, token);
      await expect(source.openRound(vmId, 2, token)).rejects.toEqual(refused('rounds-open'));
    });

    it('ends tracking with the chain as before, while the VM runs and when it is off', async () => {
      const before = await seen();
      for (const state of ['Running', 'Off'] as const) {
        await source.openRound(vmId, 0, token);
        await fixture.guestWrites();
        await source.openRound(vmId, 1, token);
        await fixture.guestWrites();
        if (state === 'Off') await source.stop(vmId, STOP_SECONDS, token);
        await source.stopTracking(vmId, token);
        await source.stopTracking(vmId, token);
        const after = await seen();
        expect(after).toMatchObject({ state, checkpoints: [], merging: false });
        expect(after.disks.map(({ path }) => path)).toEqual(before.disks.map(({ path }) => path));
        expect(after.disks.every(({ chainLength }) => chainLength === 1)).toBe(true);
      }
      await fixture.expectConsistent(leavesOf(await seen()));
    });

    it("waits for a foreign checkpoint's end, and never merges it", async () => {
      await source.openRound(vmId, 0, token);
      const end = await fixture.foreignCheckpoint();
      await expect(source.openRound(vmId, 1, token)).rejects.toEqual(refused('foreign-checkpoint'));
      await source.stopTracking(vmId, token);
      expect((await seen()).checkpoints).toMatchObject([{ ours: false }]);
      await source.stop(vmId, STOP_SECONDS, token);
      await expect(source.fence(vmId, token)).rejects.toEqual(refused('foreign-checkpoint'));
      await end();
      expect((await seen()).disks.every(({ chainLength }) => chainLength === 1)).toBe(true);
      await source.fence(vmId, token);
    });

    it('stops and starts the VM, and says what it found', async () => {
      expect(await source.start(vmId, token)).toBe('ran');
      expect(await source.stop(vmId, STOP_SECONDS, token)).toBe('stopped');
      expect((await seen()).state).toBe('Off');
      expect(await source.stop(vmId, STOP_SECONDS, token)).toBe('was off');
      expect(await source.start(vmId, token)).toBe('ran');
      expect(await source.start(vmId, token)).toBe('ran');
      await fixture.guestWrites();
      expect((await seen()).guest).toMatchObject({ heartbeat: true });
    });

    it('refuses every effect of an operation that another one has followed', async () => {
      await source.setStartAction(vmId, 'Nothing', token);
      await source.setStartAction(vmId, 'Nothing', newToken());
      for (const late of [
        source.openRound(vmId, 0, token),
        source.closeRounds(vmId, 0, token),
        source.stopTracking(vmId, token),
        source.stop(vmId, STOP_SECONDS, token),
        source.fence(vmId, token),
        source.unfence(vmId, token),
        source.unregister(vmId, token),
        source.register(await source.exportDefinition(vmId), { disks: [] }, token),
      ]) {
        await expect(late).rejects.toEqual(refused('epoch-behind'));
      }
      expect(await seen()).toMatchObject({ state: 'Running', checkpoints: [] });
    });

    it('fences a VM that is off, so that it cannot start until the fence is lifted', async () => {
      const before = await seen();
      await expect(source.fence(vmId, token)).rejects.toEqual(refused('vm-running'));
      await expect(source.lastRound(vmId, 4)).rejects.toEqual(refused('vm-not-fenced'));
      await source.stop(vmId, STOP_SECONDS, token);
      expect(await source.isFenced(vmId)).toBe(false);
      await source.fence(vmId, token);
      await source.fence(vmId, token);
      expect(await source.isFenced(vmId)).toBe(true);
      expect((await seen()).adapters.every((adapter) => adapter.switch === undefined)).toBe(true);
      await expect(source.start(vmId, token)).rejects.toEqual(refused('vm-fenced'));
      await source.unfence(vmId, token);
      await source.unfence(vmId, token);
      expect(await source.isFenced(vmId)).toBe(false);
      expect(await seen()).toMatchObject({ adapters: before.adapters, state: 'Off' });
      expect(await source.start(vmId, token)).toBe('ran');
    });

    it('names the released leaves as the last round, a child of the one before', async () => {
      const round = await source.openRound(vmId, 0, token);
      await fixture.guestWrites();
      await source.stop(vmId, STOP_SECONDS, token);
      await source.fence(vmId, token);
      const last = await source.lastRound(vmId, 1);
      expect(last.number).toBe(1);
      expect(last.disks.map(({ parent }) => parent)).toEqual(round.disks.map(({ file }) => file));
      await fixture.expectConsistent(filesOf(last));
    });

    it('stays fenced while the rounds of a fenced VM are merged', async () => {
      await source.openRound(vmId, 0, token);
      await fixture.guestWrites();
      await source.openRound(vmId, 1, token);
      await source.stop(vmId, STOP_SECONDS, token);
      await source.fence(vmId, token);
      await source.stopTracking(vmId, token);
      expect(await source.isFenced(vmId)).toBe(true);
      await expect(source.start(vmId, token)).rejects.toEqual(refused('vm-fenced'));
      expect((await seen()).disks.every(({ chainLength }) => chainLength === 1)).toBe(true);
      await source.unfence(vmId, token);
      expect(await source.start(vmId, token)).toBe('ran');
    });

    it('registers a copy fenced and without automatic start, and it runs once that is lifted', async () => {
      const { target } = fixture;
      await source.setStartAction(vmId, 'Start', token);
      await source.stop(vmId, STOP_SECONDS, token);
      await source.fence(vmId, token);
      const definition = await source.exportDefinition(vmId);
      const places = await copied(target, await source.lastRound(vmId, 0));
      await target.register(definition, { disks: places }, token);
      await target.register(definition, { disks: places }, token);
      expect(await seen(target)).toMatchObject({ id: vmId, state: 'Off', startAction: 'Nothing' });
      expect(await target.isFenced(vmId)).toBe(true);
      await expect(target.start(vmId, token)).rejects.toEqual(refused('vm-fenced'));
      await target.unfence(vmId, token);
      expect(await target.start(vmId, token)).toBe('ran');
      await fixture.guestWrites();
      expect((await seen(target)).adapters).toEqual(
        (await seen()).adapters.map((adapter) => ({ ...adapter, switch: expect.any(String) })),
      );
      await expect(target.unregister(vmId, token)).rejects.toEqual(refused('vm-running'));
      await target.stop(vmId, STOP_SECONDS, token);
      await fixture.expectConsistent(leavesOf(await seen(target)));
    });

    it('unregisters a VM that is off and leaves its disks under their own names', async () => {
      const { target } = fixture;
      await source.stop(vmId, STOP_SECONDS, token);
      await source.fence(vmId, token);
      const places = await copied(target, await source.lastRound(vmId, 0));
      await target.register(await source.exportDefinition(vmId), { disks: places }, token);
      await target.unregister(vmId, token);
      await target.unregister(vmId, token);
      expect(await target.vm(vmId)).toBeUndefined();
      const files = places.map(({ disk, path }) => [disk, path] as const);
      await fixture.expectConsistent(Object.fromEntries(files));
    });
  });
}

const filesOf = ({ disks }: FrozenRound): Record<string, string> =>
  Object.fromEntries(disks.map(({ disk, file }) => [disk, file.path]));

const leavesOf = ({ disks }: VmFacts): Record<string, string> =>
  Object.fromEntries(disks.map(({ id, path }) => [id, path]));
