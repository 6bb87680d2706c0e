/** What a driver does whose hypervisor moves VMs itself: the port `LiveHost`, and never two nor none of a VM. */

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Token } from '../../src/domain/journal.ts';
import type { LiveEnd, LiveHost, LiveMove } from '../../src/domain/live.ts';
import { configurationFingerprint } from '../../src/domain/vm.ts';
import type { Host } from '../../src/hosts/host.ts';
import { until } from '../until.ts';
import { newToken, refused, seenOn, UNKNOWN_ID } from './host-fixture.ts';
import { type LiveContract, type LiveFixture, type Truth, watching } from './live-fixture.ts';

function liveOf(host: Host): LiveHost {
  if (host.live) return host.live;
  throw new Error(`${host.name} moves nothing itself`);
}

export function liveContract(name: string, contract: LiveContract): void {
  describe(`${name}: the contract of a host that moves VMs itself`, () => {
    let fixture: LiveFixture;
    let source: Host;
    let live: LiveHost;
    let vmId: string;
    let token: Token;
    let plan: LiveMove;
    let before: Truth;
    beforeEach(async () => {
      fixture = await contract.setup();
      ({ source, vmId } = fixture);
      live = liveOf(source);
      token = newToken();
      plan = await fixture.plan();
      before = await fixture.truth();
    });
    afterEach(async () => {
      fixture?.release();
      await fixture?.[Symbol.asyncDispose]();
    });

    const move = (by = live, watch = watching(), as = token): Promise<LiveEnd> =>
      by.move(plan, as, watch.watch);
    const later = (): Token => ({ ...token, epoch: token.epoch + 1 });
    const at = (host: Host) => {
      const alone = { registeredOn: [host.name], runsOn: [host.name] };
      return { ...alone, lost: 0, ranTwice: false };
    };

    /** It runs there and nowhere else, has lost nothing, and has left nothing behind. */
    async function expectOnlyAt(host: Host): Promise<void> {
      await fixture.guestWrites();
      const [disks, none] = [before.files[source.name], []];
      const isMoved = host === fixture.target;
      const files = {
        [source.name]: isMoved ? none : disks,
        [fixture.target.name]: isMoved ? disks : none,
      };
      expect(await fixture.truth()).toEqual({ ...at(host), files });
    }

    /** A move that waits at this percentage, seen so by whoever watches it. */
    async function heldAt(percent: number, watch = watching()) {
      fixture.hold(percent);
      const moving = move(live, watch);
      await fixture.held(percent);
      await toldOf(watch, percent);
      return { moving, watch };
    }

    const toldOf = ({ told }: ReturnType<typeof watching>, percent: number): Promise<void> =>
      until(() => (told.at(-1)?.percent ?? -1) >= Math.floor(percent));

    it('compares without changing anything, and tells what stands against it', async () => {
      expect(await live.compare(plan)).toEqual([]);
      fixture.objects('Qualcosa di nuovo');
      expect(await live.compare(plan)).toEqual([
        { id: expect.any(Number), source: expect.any(String), message: 'Qualcosa di nuovo' },
      ]);
      const gone = { ...plan, vm: { ...plan.vm, id: UNKNOWN_ID } };
      await expect(live.compare(gone)).rejects.toEqual(refused('vm-unknown'));
      const end = await fixture.cutOff();
      await expect(live.compare(plan)).rejects.toMatchObject({ name: 'Problem' });
      await end();
      expect(fixture.movesAsked()).toBe(0);
      await expectOnlyAt(source);
    });

    it('moves, and asked again finds the VM where it is', async () => {
      const shown = configurationFingerprint(await seenOn(source, vmId));
      const { told, watch } = watching();
      expect(await live.compare(plan)).toEqual([]);
      expect(await live.move(plan, token, watch)).toEqual({ end: 'moved' });
      await expectOnlyAt(fixture.target);
      const moved = await seenOn(fixture.target, vmId);
      expect(await source.vm(vmId)).toBeUndefined();
      expect(configurationFingerprint(moved)).toBe(shown);
      expect(moved.disks.map(({ path }) => path)).toEqual(
        plan.disks.map((disk) => disk.targetPath),
      );
      const percents = told.map(({ percent }) => percent);
      expect(percents).toEqual(percents.toSorted((a, b) => a - b));
      for (const watcher of [token, later(), newToken()]) {
        expect(await move(live, watching(), watcher)).toEqual({ end: 'moved' });
      }
      expect(fixture.movesAsked()).toBe(1);
      await expectOnlyAt(fixture.target);
    });

    it.each(contract.cancellableAt)(
      'takes a move back that is cancelled at %d %%',
      async (percent) => {
        const { moving, watch } = await heldAt(percent);
        expect(watch.told.at(-1)?.cancellable).toBe(true);
        expect(await fixture.truth()).toMatchObject(at(source));
        watch.cancel();
        expect(await moving).toMatchObject({ end: 'not moved', why: { code: 'move-cancelled' } });
        await expectOnlyAt(source);
      },
    );

    it('G.9 says that it moved where a cancel comes too late', async () => {
      const { moving, watch } = await heldAt(contract.tooLateAt);
      expect(watch.told.at(-1)?.cancellable).toBe(false);
      expect(await fixture.truth()).toMatchObject(at(source));
      watch.cancel();
      fixture.release();
      expect(await moving).toEqual({ end: 'moved' });
      await expectOnlyAt(fixture.target);
    });

    it('asks for nothing when it is cancelled before', async () => {
      const watch = watching();
      watch.cancel();
      expect(await move(live, watch)).toMatchObject({ end: 'not moved' });
      expect(fixture.movesAsked()).toBe(0);
      await expectOnlyAt(source);
    });

    it('says that a failed move has moved nothing, and why, and leaves nothing behind', async () => {
      fixture.moveFails(contract.tooLateAt);
      const end = await move();
      const why = {
        code: expect.any(String),
        facts: expect.objectContaining({ vm: plan.vm.name }),
      };
      expect(end).toEqual({ end: 'not moved', why });
      await expectOnlyAt(source);
      expect(await move(live, watching(), later())).toEqual({ end: 'moved' });
      await expectOnlyAt(fixture.target);
    });

    it('knows nothing of a VM whose target cannot be asked, until it can', async () => {
      const { moving } = await heldAt(contract.tooLateAt);
      const end = await fixture.cutOff();
      fixture.release();
      expect(await moving).toEqual({ end: 'unknown', facts: expect.any(Object) });
      await end();
      expect(await move(live, watching(), later())).toEqual({ end: 'moved' });
      expect(fixture.movesAsked()).toBe(1);
      await expectOnlyAt(fixture.target);
    });

    it('goes on with a move whose worker has ended, by however many it is watched', async () => {
      const { moving } = await heldAt(60);
      const ended = moving.catch((error: unknown) => error);
      const next = liveOf(await fixture.nextWorker());
      expect(await ended).toMatchObject({ name: 'Problem' });
      const watches = [watching(), watching()];
      const watched = watches.map((watch) => move(next, watch, later()));
      await Promise.all(watches.map((watch) => toldOf(watch, 60)));
      fixture.release();
      expect(await Promise.all(watched)).toEqual([{ end: 'moved' }, { end: 'moved' }]);
      expect(fixture.movesAsked()).toBe(1);
      await expectOnlyAt(fixture.target);
    });

    it('moves a VM once when two begin at the same time', async () => {
      expect(await Promise.all([move(), move()])).toEqual([{ end: 'moved' }, { end: 'moved' }]);
      expect(fixture.movesAsked()).toBe(1);
      await expectOnlyAt(fixture.target);
    });

    it('obeys nobody whom a later epoch or another operation has followed', async () => {
      const carried = await live.carryOut(plan, later());
      const expectNothingBy = async (late: Token): Promise<void> => {
        for (const effect of [
          live.carryOut(plan, late),
          live.carryIn(vmId, carried, late),
          move(live, watching(), late),
        ]) {
          await expect(effect).rejects.toEqual(refused('epoch-behind'));
        }
      };
      await expectNothingBy(token);
      await live.carryOut(plan, newToken());
      await expectNothingBy({ ...token, epoch: 99 });
      expect(fixture.movesAsked()).toBe(0);
      await expectOnlyAt(source);
    });

    it('lets nobody cancel a move whom a later epoch has followed', async () => {
      await live.carryOut(plan, token);
      const old = { ...token, epoch: token.epoch - 1 };
      const { moving } = await heldAt(60);
      const stale = watching();
      stale.cancel();
      await expect(move(live, stale, old)).rejects.toEqual(refused('epoch-behind'));
      fixture.release();
      expect(await moving).toEqual({ end: 'moved' });
      await expectOnlyAt(fixture.target);
    });

    it('puts back at the source what it took away, however often it is asked', async () => {
      await fixture.burden();
      const burden = await fixture.burdenOf();
      const carried = await live.carryOut(plan, token);
      expect(carried.dvdDrives.map(({ path }) => path)).toEqual(burden.media);
      expect((await fixture.burdenOf()).media).toEqual([]);
      // Somebody who does not know of the first time.
      expect(await live.carryOut(plan, later())).toEqual(carried);
      for (const _ of [1, 2]) {
        expect(await live.carryIn(vmId, carried, later())).toEqual({ media: [], adapters: [] });
        expect(await fixture.burdenOf()).toEqual(burden);
      }
      const gone = { ...plan, vm: { ...plan.vm, id: UNKNOWN_ID } };
      await expect(live.carryOut(gone, token)).rejects.toEqual(refused('vm-unknown'));
    });

    it('gives the VM at the target what did not come along, however often it is asked', async () => {
      await fixture.burden();
      const { media, settings } = await fixture.burdenOf();
      const carried = await live.carryOut(plan, token);
      const there = liveOf(fixture.target);
      await expect(there.carryIn(vmId, carried, token)).rejects.toEqual(refused('vm-unknown'));
      expect(await move()).toEqual({ end: 'moved' });
      expect((await fixture.burdenOf()).settings).not.toEqual(settings);
      for (const _ of [1, 2]) {
        // Which the target does not have.
        expect(await there.carryIn(vmId, carried, token)).toEqual({ media, adapters: [] });
        expect((await fixture.burdenOf()).settings).toEqual(settings);
      }
      await expectOnlyAt(fixture.target);
    });
  });
}
